// Failures that a fake provider was told to have, in order; after them it is well again.

export interface ScriptedFailure<Kind> {
  /** How many requests it meets. */
  readonly next: number;
  readonly with: Kind;
}

export interface Script<Kind> {
  readonly fail: (failure: ScriptedFailure<Kind>) => void;
  /** Failure of the request that is being answered; undefined where it should go well. */
  readonly take: () => Kind | undefined;
}

export const createScript = <Kind>(): Script<Kind> => {
  const planned: Kind[] = [];
  return {
    fail: ({ next, with: kind }) => {
      for (let count = 0; count < next; count += 1) planned.push(kind);
    },
    take: () => planned.shift(),
  };
};
