// A Sentry DSN, taken apart. It is a secret as a whole: whoever has it can write into the project.

/** Where a project's envelopes go, and what opens it. */
export interface SentryDsn {
  /** Address that takes envelopes; holds no secret. */
  readonly envelopeUrl: string;
  readonly publicKey: string;
  /** Only of old installations, which gave out DSNs with a second key. */
  readonly secretKey?: string;
}

/** What a DSN must look like, in words. */
export const DSN_RULE = 'must be a DSN: https://KEY@HOST/PROJECT, the project a number';

const KEY = /^[\w-]+$/;

const parsed = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/**
 * Undefined where the text is none. A host may have a port, and a path where Sentry does not live at its root:
 * `https://key@sentry.example.org:9000/errors/42` takes envelopes at `/errors/api/42/envelope/`.
 */
export const parseDsn = (text: string): SentryDsn | undefined => {
  const url = parsed(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') return undefined;
  const [, prefix = '', project] = /^(.*)\/(\d+)\/?$/.exec(url.pathname) ?? [];
  if (project === undefined || !KEY.test(url.username)) return undefined;
  if (url.password !== '' && !KEY.test(url.password)) return undefined;
  return {
    envelopeUrl: `${url.origin}${prefix}/api/${project}/envelope/`,
    publicKey: url.username,
    ...(url.password !== '' && { secretKey: url.password }),
  };
};
