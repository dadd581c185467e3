// Names of what Sexton watches itself by: the canary, and the rules about telling people. They count apart from what is
// told of the systems it looks after. Their pack is the one named `sexton`, whoever declares it.
import { monitorId } from '../ids.ts';

/** The pack whose alerts are about Sexton itself; no silence reaches all of them at once. */
export const SELF_PACK = 'sexton';

/** Opens an incident at every tick, for nobody: that it comes through proves that others would. */
export const CANARY = {
  rule: 'canary',
  monitorId: monitorId(SELF_PACK, 'canary'),
  monitor: 'canary',
} as const;

/**
 * Rules about the telling itself. Their own incidents are not in what they measure: one that cannot be told would
 * otherwise keep itself firing for ever.
 */
export const SELF_RULES = [
  'canary_paused',
  'dead_letters',
  'monitor_late',
  'slow_to_notify',
  'wakes_overdue',
] as const;
