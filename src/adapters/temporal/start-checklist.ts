// Starts a checklist; one of a name goes on at a time.
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { ChecklistInput } from '../../domain/checklists/checklist.ts';
import { checklistStaticDetails, checklistStaticSummary } from '../../domain/checklists/text.ts';
import { checklistWorkflowId, ORCHESTRATION_QUEUE } from '../../domain/ids.ts';

/** The workflow id; undefined where one goes on already. */
export const startChecklist = async (client: Client, input: ChecklistInput): Promise<string | undefined> => {
  const { checklist } = input;
  const workflowId = checklistWorkflowId(checklist.pack, checklist.name);
  try {
    await client.workflow.start('checklist', {
      taskQueue: ORCHESTRATION_QUEUE,
      workflowId,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      args: [input],
      staticSummary: checklistStaticSummary(checklist),
      staticDetails: checklistStaticDetails(checklist),
    });
    return workflowId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
};
