// Turns a checked job into the snapshot that travels as workflow input: names only, no addresses, no secrets.
import type { DeleteStep, JobSnapshot } from '../domain/job.ts';
import type { EngineSettings } from '../domain/settings.ts';
import type { CheckedJob } from './schema/job.ts';

const runbookAddress = (runbook: string, base: string | undefined): string => {
  if (base === undefined || URL.canParse(runbook)) return runbook;
  return new URL(runbook, base.endsWith('/') ? base : `${base}/`).href;
};

const stepSnapshot = ({ name, action, batch, selection }: CheckedJob['steps'][number]): DeleteStep => ({
  action,
  name,
  selection,
  batchRows: batch,
});

/** `runbookBaseUrl` turns a runbook's name into its address; without it the bare name is kept. */
export const toSnapshot = ({
  pack,
  job,
  settings,
  runbookBaseUrl,
}: {
  readonly pack: string;
  readonly job: CheckedJob;
  readonly settings: EngineSettings;
  readonly runbookBaseUrl: string | undefined;
}): JobSnapshot => {
  const [first, ...others] = job.steps.map(stepSnapshot);
  if (first === undefined) throw new RangeError(`job ${job.name} has no step`);
  return {
    v: 1,
    pack,
    name: job.name,
    summary: job.summary,
    owner: job.owner,
    resourceType: job.resourceType,
    lockKey: job.lockKey,
    budgetSeconds: job.budgetSeconds,
    ...(job.runbook === undefined ? {} : { runbook: runbookAddress(job.runbook, runbookBaseUrl) }),
    steps: [first, ...others],
    settings,
  };
};
