// Where a checklist stands, for the Temporal UI.
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { ChecklistState } from '../../domain/checklists/checklist.ts';
import { checklistDetails } from '../../domain/checklists/text.ts';
import { KIND, NAME, PACK, STATE } from '../search-attributes.ts';

export const showChecklist = (state: ChecklistState): void => {
  setCurrentDetails(checklistDetails(state));
  upsertSearchAttributes([
    { key: PACK, value: state.pack },
    { key: KIND, value: 'checklist' },
    { key: NAME, value: state.checklist },
    { key: STATE, value: state.state },
  ]);
};
