// Asks the person at this terminal, if there is one.
import { createInterface } from 'node:readline/promises';

/** True for yes; undefined where there is no terminal, so nobody was asked. */
export type Confirm = (question: string) => Promise<boolean | undefined>;

/** The question goes to stderr, so that stdout holds the result alone. */
export const confirmOnTerminal: Confirm = async (question) => {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
};
