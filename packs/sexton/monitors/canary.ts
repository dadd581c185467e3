// The alert for nobody that proves that alerts come through. While it does not, no heartbeat is sent.
import { canaryMonitor } from '../../../src/index.ts';

export const canary = canaryMonitor({ database: 'home', owner: 'on-call' });
