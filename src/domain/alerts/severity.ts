// The engine's four severities and their order. A pack may call them by its own words; state, routes and
// search attributes always use these.

export const SEVERITIES = ['info', 'warning', 'high', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];
