// What the benchmark and the process of its fake provider say to each other.

/** A page that the provider took. */
export interface Page {
  /** When it was taken, Unix milliseconds. */
  readonly at: number;
  readonly key: string;
  /** `<pack>/<rule>/<number>`. */
  readonly incident: string;
  readonly tier: string;
}

export type ToFake =
  /** Answer each message so long after it was taken. */
  { readonly begin: { readonly answerAfterMs: number } } | 'read';

export type FromFake =
  | { readonly url: string; readonly secret: string }
  | {
      /** Taken since the last question. */
      readonly pages: readonly Page[];
      /** So often a key came that had been taken before, from the beginning on. */
      readonly repeats: number;
      /** Why requests were refused, from the beginning on. */
      readonly rejected: readonly string[];
    };
