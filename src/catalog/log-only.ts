// The one policy that needs no declaring, so that a first pack works without any: it writes to the log at once.
import type { PolicySnapshot } from '../domain/alerts/policy.ts';
import type { Routes } from './define/alerts.ts';

/** Belongs to Sexton itself; any pack may route to it by its bare name. */
export const LOG_ONLY: PolicySnapshot = {
  v: 1,
  pack: 'sexton',
  name: 'log-only',
  tiers: [{ name: 'log', afterSeconds: 0, notify: ['log'] }],
  people: {},
};

/** Routes of a pack that declares none. */
export const LOG_ONLY_ROUTES: Routes = {
  info: LOG_ONLY.name,
  warning: LOG_ONLY.name,
  high: LOG_ONLY.name,
  critical: LOG_ONLY.name,
};
