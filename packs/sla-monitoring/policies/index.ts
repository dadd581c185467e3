// Every policy of the pack, one line each, and which severity goes to which. A test fails while the list and
// the folder differ.
import type { PolicyDefinition, Routes } from '../../../src/index.ts';
import { slaCritical } from './sla-critical.ts';
import { slaWarning } from './sla-warning.ts';

export const policies: readonly PolicyDefinition[] = [slaWarning, slaCritical];

/** SLA-68. */
export const routes: Routes = { info: 'log-only', warning: slaWarning.name, critical: slaCritical.name };
