// Every checklist of the pack, one line each. A test fails while this list and the folder differ.
import type { ChecklistDefinition } from '../../../src/index.ts';
import { rollout } from './rollout.ts';

export const checklists: readonly ChecklistDefinition[] = [rollout];
