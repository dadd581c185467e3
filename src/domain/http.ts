// What every caller of HTTP has to tell apart, whoever it calls.

/** `Retry-After` in seconds or as a date; undefined where it is neither. */
export const retryAfterMs = (header: string | null, now: number = Date.now()): number | undefined => {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};

/** Failures before the first byte of the request could leave. Everything else may have arrived. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Without a code, fetch itself refused the address: credentials in it, or a port that is never used for HTTP. */
export type NoAnswer =
  | { readonly how: 'unreached' | 'broken'; readonly code: string }
  | { readonly how: 'unusable' };

/** Why fetch rejected, where nobody called it off. */
export const noAnswerOf = (error: unknown): NoAnswer => {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (typeof code !== 'string') return { how: 'unusable' };
  return { how: NEVER_SENT.test(code) ? 'unreached' : 'broken', code };
};
