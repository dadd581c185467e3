// Tells whoever follows a run that it waits for approval: until somebody gives it there is no progress to show.
import type { WorkflowHandle } from '@temporalio/client';
import { requestWords } from '../../domain/jobs/guard.ts';
import type { JobState } from '../../domain/jobs/state.ts';

interface NoticeInput {
  readonly name: string;
  readonly handle: WorkflowHandle;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

const EVERY_MS = 1_000;

/** Says so once a request, until the run has begun; returns what ends it earlier. */
export const noticeApproval = ({ name, handle, out }: NoticeInput): (() => void) => {
  let over = false;
  let told = 0;
  const look = async (): Promise<void> => {
    // A run that does not answer now is asked again; its result tells how it ended.
    const state = await handle.query<JobState>('state').catch(() => undefined);
    if (over || state?.startedAt) return;
    const { approval } = state ?? {};
    if (approval && approval.number > told) {
      told = approval.number;
      const until = `\`sexton approve ${handle.workflowId}\` lets it begin, until ${approval.expiresAt}`;
      out.write(`${name} waits for approval: ${requestWords(approval)}\n  ${until}\n`);
    }
    // Nothing waits for the next look, not even the end of the process.
    setTimeout(() => void look(), EVERY_MS).unref();
  };
  void look();
  return () => {
    over = true;
  };
};
