// The typed search attributes, for eyes only: decisions read Postgres. Changed only together with state.

/** Name → Temporal's type for it. Registered by `sexton apply` before the first start needs them. */
export const SEARCH_ATTRIBUTES = {
  SextonPack: 'Keyword',
  SextonKind: 'Keyword',
  SextonName: 'Keyword',
  SextonState: 'Keyword',
  SextonSeverity: 'Keyword',
  SextonIncident: 'Keyword',
  SextonAlertType: 'Keyword',
  SextonJob: 'Keyword',
  SextonUtilization: 'Double',
} as const;
