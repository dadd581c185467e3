// Requests that a step makes, as plain data: what is secret, or differs from one environment to the next, is named by the
// variable of the pack that holds it.

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface HttpRequest {
  /** Variable that holds the address. */
  readonly url: string;
  readonly method: HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  /** Header → variable that holds its value, and what is written before it (`Bearer `). */
  readonly secretHeaders: Readonly<Record<string, { readonly variable: string; readonly prefix: string }>>;
  readonly timeoutSeconds: number;
  /** Statuses that mean done. Absent: every 2xx. */
  readonly success?: readonly number[];
}

/** One request for each row. */
export interface ItemRequest extends HttpRequest {
  /** Appended to the address; `{column}` stands for the row's value. */
  readonly path: string;
  /** Field of the JSON body → column. Absent: no body. */
  readonly body?: Readonly<Record<string, string>>;
  /** Template of the Idempotency-Key. Absent: pack, job, step and the row's key. */
  readonly idempotencyKey?: string;
  readonly perSecond?: number;
  /** Requests under way at the same time. */
  readonly atOnce: number;
  /** Column that is given the instant at which the row's request was taken; rows that have one are not selected. */
  readonly doneColumn: string;
  /** A statement for the rows whose request was taken, in the transaction that marks them; keys as in `sql-batches`. */
  readonly thenSql?: string;
}

/** One request. */
export interface SingleRequest extends HttpRequest {
  readonly path: string;
  /** JSON. Absent: no body. */
  readonly body?: unknown;
}

/** Columns that a template names: `/orders/{id}` → `id`. */
export const columnsIn = (template: string): readonly string[] =>
  [...template.matchAll(/\{([^{}]*)\}/g)].map(([, column = '']) => column);

/** The template with each `{column}` replaced. */
export const filled = (template: string, valueOf: (column: string) => string): string =>
  template.replaceAll(/\{([^{}]*)\}/g, (_, column: string) => valueOf(column));

/** What an answer means: done, the item's own fault, or nothing of the item: then it is tried again later. */
export type Meaning = 'done' | 'refused' | 'later';

/** Said with a 4xx that is about the caller or the moment, not about what was asked. */
const NOT_THE_ITEM: readonly number[] = [401, 407, 408, 425, 429];

export const meaningOf = ({ success }: Pick<HttpRequest, 'success'>, status: number): Meaning => {
  const taken = success ? success.includes(status) : status >= 200 && status < 300;
  if (taken) return 'done';
  return status >= 400 && status < 500 && !NOT_THE_ITEM.includes(status) ? 'refused' : 'later';
};
