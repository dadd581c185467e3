// Instants as text, in the precision that each needs: seconds are read by people, milliseconds by workflows, and
// only microseconds are exact, since a JavaScript Date would round them.

const FORMATS = {
  seconds: 'YYYY-MM-DD"T"HH24:MI:SS"Z"',
  milliseconds: 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"',
  microseconds: 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"',
} as const;

/** SQL of an instant as ISO-8601 text; sessions run in UTC. `instant` is an expression of ours, never a value. */
export const isoSql = (instant: string, precision: keyof typeof FORMATS): string =>
  `to_char(${instant}, '${FORMATS[precision]}')`;
