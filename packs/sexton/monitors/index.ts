// Every monitor of the pack, one line each. A test fails while this list and the folder differ.
import type { MonitorDefinition } from '../../../src/index.ts';
import { alerting } from './alerting.ts';
import { canary } from './canary.ts';

export const monitors: readonly MonitorDefinition[] = [alerting, canary];
