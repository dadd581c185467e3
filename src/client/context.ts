// What commands are given: how to reach the outside, and where to write. Tests give them their own.
import type { Client } from '@temporalio/client';
import type { Catalog } from '../catalog/catalog.ts';

/** Open connections; `close` ends them. */
export interface Session {
  readonly catalog: Catalog;
  readonly client: Client;
  readonly close: () => Promise<void>;
}

/** A command's way to the outside. */
export interface CommandContext {
  /** Loads the catalog and connects; rejects with ConfigurationError, or as the connection fails. */
  readonly open: () => Promise<Session>;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
}

/** 0 yes · 1 no or WARN · 2 FAIL or bad input · 3 could not find out · 4 differences. */
export const EXIT = { yes: 0, no: 1, bad: 2, unknown: 3, differences: 4 } as const;

/** Runs `work` in a session that is closed however it ends. */
export const inSession = async <T>(
  context: Pick<CommandContext, 'open'>,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  const session = await context.open();
  try {
    return await work(session);
  } finally {
    await session.close();
  }
};
