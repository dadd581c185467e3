// How a benchmark's program tells how far it is and ends: with what its main says, 130 when it is told to stop, 2 with an error.

/** Progress goes to stderr: stdout holds the result alone. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The stack's supervisor sees our end by itself; the children that we started end with us. */
export const runMain = async (main: () => Promise<number>): Promise<void> => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  try {
    process.exitCode = await main();
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 2;
  }
};
