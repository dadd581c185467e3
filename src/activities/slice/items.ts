// The batches of a slice that makes requests: until the time is up, nothing is left, or somebody holds the run. Where to go on
// comes from the ledger, and what is done from the rows themselves.
import { readPosition } from '../../adapters/postgres/runs/ledger.ts';
import { readColumnTypes } from '../../adapters/postgres/tables/table-facts.ts';
import { stepPlan } from '../../domain/jobs/job.ts';
import type { HttpItemsStep } from '../../domain/jobs/step.ts';
import { handleItems } from '../actions/handle-items.ts';
import type { Dependencies } from '../dependencies.ts';
import { createItemSender } from '../requests/send-items.ts';
import { isNothingLeft } from '../walk/nothing-left.ts';
import { mostPasses } from '../walk/passes.ts';
import { openCourse } from './course.ts';
import { keepingAlive } from './keep-alive.ts';
import type { SliceOutcome, SliceWork } from './slice-work.ts';

export interface ItemsInput extends SliceWork {
  readonly step: HttpItemsStep;
  readonly variables: Dependencies['variables'];
}

export const runItems = async (input: ItemsInput): Promise<SliceOutcome> => {
  const { job, step, plan, pool, tenure, variables } = input;
  const { runId } = plan;
  const { cutoff } = stepPlan(plan, step.name);
  const columnTypes = await readColumnTypes(pool, step.selection);
  let position = await readPosition(pool, { runId, step: step.name, strategy: 'age-index-windows' });
  const course = await openCourse(input, () => position);
  const { over, beat, rest } = course;
  const sender = createItemSender({
    pack: job.pack,
    job: job.name,
    step: paced(input),
    variables,
    rest,
    over,
  });

  while (!over()) {
    const throttled = await course.begin();
    if (throttled) return { done: false, throttle: throttled };
    const common = { pool, claim: tenure.claim(), job, selection: step.selection, cutoff };
    const context = { ...common, step, columnTypes, excluded: course.excluded() };
    if (position.pass > mostPasses(step) || (await isNothingLeft(context, position))) return { done: true };
    const given = { position, already: course.already(), sender };
    const batch = await keepingAlive({ pool, runId, tenure, beat }, (signal) =>
      handleItems(context, { ...given, signal }),
    );
    if ('calledOff' in batch) return { done: false, ...(batch.hold && { hold: batch.hold }) };
    if ('hold' in batch) return { done: false, hold: batch.hold };
    position = batch.position;
    course.remember(batch.setAside);
    if (batch.done) return { done: true };
  }
  return { done: false };
};

/** The slower of what the step allows and what the run was asked for. */
const paced = ({ step, rowsPerSecond }: ItemsInput): HttpItemsStep => {
  if (rowsPerSecond === undefined) return step;
  const { perSecond = rowsPerSecond } = step.http;
  return { ...step, http: { ...step.http, perSecond: Math.min(perSecond, rowsPerSecond) } };
};
