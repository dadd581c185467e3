// Whether people are told in time: ladders that are late, messages that no channel took, monitors that nobody evaluates.
import { tellingMonitor } from '../../../src/index.ts';

export const alerting = tellingMonitor({
  owner: 'on-call',
  routes: { warning: 'self-warning', critical: 'self-critical' },
});
