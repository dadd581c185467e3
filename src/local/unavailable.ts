// The one failure of the embedded stack that callers answer with "exit 1": a server that cannot be had here.

/** `message` is one sentence that says what is missing and names the command, or the variable, that helps. */
export class StackUnavailable extends Error {
  override readonly name = 'StackUnavailable';
}
