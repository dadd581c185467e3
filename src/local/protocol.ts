// What the parent and the supervisor say to each other: one JSON object a line, each way through a pipe.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ServerChoice } from './stack.ts';

export type ServerName = ServerChoice['name'];

export interface TemporalSettings {
  readonly namespace: string;
  readonly searchAttributes: Readonly<Record<string, string>>;
  /** Keeps what it knows in a file, so that it survives being stopped and launched again. */
  readonly dbFile: boolean;
}

export interface PostgresSettings {
  /** Superuser of the cluster. */
  readonly user: string;
  readonly password: string;
}

/** First line from the parent. What is there is brought up. */
export interface Begin {
  readonly cache: string;
  readonly temporal?: TemporalSettings | undefined;
  readonly postgres?: PostgresSettings | undefined;
  readonly redis?: Record<string, never> | undefined;
}

/** Every later line from the parent. There is none for the end: the pipe closing is that. */
export interface Command {
  readonly id: number;
  readonly do: 'halt' | 'launch';
  readonly server: ServerName;
  /** How to halt; a crash by default. */
  readonly by?: 'orderly' | 'crash';
}

export type Report =
  | { readonly type: 'say'; readonly server: ServerName; readonly line: string }
  | { readonly type: 'process'; readonly server: ServerName; readonly pid: number }
  | {
      readonly type: 'ready';
      readonly server: ServerName;
      readonly ports: readonly number[];
      readonly choice: ServerChoice;
    }
  | {
      readonly type: 'failed';
      readonly server: ServerName;
      readonly sentence: string;
      readonly unavailable: boolean;
    }
  | { readonly type: 'done'; readonly id: number; readonly error?: string };

/** Reads a pipe line by line; `end` is called once, when the other side has closed it or died. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names what the other side writes
export const readLines = <T>(pipe: { from: Readable; line: (message: T) => void; end?: () => void }) => {
  const lines = createInterface({ input: pipe.from, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (text) => pipe.line(JSON.parse(text)));
  lines.once('close', () => pipe.end?.());
};
