// `recordChecklist`: what people said of a checklist, in rows that outlive its history. Tried again it changes nothing.
import { writeChecklist } from '../../adapters/postgres/checklists/checklists.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import type { ChecklistState } from '../../domain/checklists/checklist.ts';
import type { Dependencies } from '../dependencies.ts';

export interface RecordChecklistInput {
  /** First execution run id. */
  readonly runId: string;
  readonly workflowId: string;
  readonly state: ChecklistState;
}

export const createRecordChecklist =
  ({ databases }: Pick<Dependencies, 'databases'>) =>
  async (input: RecordChecklistInput): Promise<void> => {
    await inTransaction(databases.home, (tx) => writeChecklist(tx, input));
  };
