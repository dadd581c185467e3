// Waits for something that another process brings about: asks again until it holds or the deadline passes.

interface Options {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/** Resolves with the first value that is neither undefined nor false; fails with `what` after the deadline. */
export const eventually = async <T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 20_000, everyMs = 50 }: Options = {},
): Promise<T> => {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await ask();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`never became true: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
