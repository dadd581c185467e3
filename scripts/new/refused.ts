// The one way in which `new` says no: nothing was written, and why.

/** Bad input, or a tree that is not as expected; exit code 2. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Ends the command; nothing was written. */
export const refuse = (reason: string): never => {
  throw new Refused(reason);
};
