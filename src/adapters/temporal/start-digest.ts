// Starts a digest because a person asked for it; its schedule starts it otherwise.
import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { ulid } from 'ulid';
import {
  type DigestInput,
  type DigestState,
  digestStaticDetails,
  digestStaticSummary,
} from '../../domain/digests/digest.ts';
import { manualDigestWorkflowId, ORCHESTRATION_QUEUE } from '../../domain/ids.ts';

export interface StartedDigest {
  readonly workflowId: string;
  readonly state: () => Promise<DigestState>;
}

export const startDigest = async (client: Client, input: DigestInput): Promise<StartedDigest> => {
  const { digest } = input;
  const workflowId = manualDigestWorkflowId(digest.pack, digest.name, ulid());
  const handle = await client.workflow.start('digest', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    args: [input],
    staticSummary: digestStaticSummary(digest),
    staticDetails: digestStaticDetails(digest),
  });
  return { workflowId, state: () => handle.query<DigestState>('state') };
};
