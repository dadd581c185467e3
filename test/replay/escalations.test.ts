// Escalations that are open when new code comes: their histories replay against it, and its worker goes on with each
// of them where the old one stopped. Code that would do something else than it did is turned away by the same replay.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWaitingHandOvers } from '../../src/adapters/postgres/alerts/hand-overs.ts';
import { markHandedOver } from '../../src/adapters/postgres/alerts/incidents.ts';
import { tellEscalation } from '../../src/adapters/temporal/start-escalation.ts';
import type { HandOver } from '../../src/domain/alerts/alert.ts';
import type { Answer } from '../../src/domain/alerts/escalation.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aPolicy, aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { ROOT } from '../support/programs/house.ts';
import { type Clock, createClock } from '../support/time.ts';

interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

let bell: Bell;
let clock: Clock;
let folder: string;
beforeAll(async () => {
  bell = await openBell();
  clock = await createClock({ client: bell.client, databases: [bell.home] });
  folder = mkdtempSync(join(tmpdir(), 'sexton-changed-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await bell.close();
});

/** Path of the bundle of a copy of the workflows with some lines changed. */
const changedCode = async (name: string, edits: readonly Edit[]): Promise<string> => {
  const copy = join(folder, name);
  for (const part of ['workflows', 'domain']) {
    cpSync(join(ROOT, 'src', part), join(copy, 'src', part), { recursive: true });
  }
  mkdirSync(join(copy, 'out'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
  for (const { file, from, to } of edits) {
    const path = join(copy, 'src', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(path, text.replace(from, to));
  }
  const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(copy, 'src/workflows/index.ts'),
    logger: quiet,
  });
  const path = join(copy, 'out/workflows.js');
  writeFileSync(path, code);
  return path;
};

const REWORDED: readonly Edit[] = [
  { file: 'workflows/display.ts', from: '**Told so far**', to: '**Told up to now**' },
  {
    file: 'domain/alerts/escalation.ts',
    from: 'unless acknowledged: ',
    to: 'unless somebody acknowledges: ',
  },
];
const REORDERED: readonly Edit[] = [
  {
    file: 'workflows/escalation/escalation.ts',
    from: 'const stored = fresh',
    to: 'await sleep(1_000);\n  const stored = fresh',
  },
  { file: 'workflows/escalation/escalation.ts', from: 'continueAsNew, ', to: 'continueAsNew, sleep, ' },
];

/** Histories replayed, and those that the code does not fit. */
const replay = async (
  codePath: string,
  open: readonly HandOver[],
): Promise<{ all: number; bad: unknown[] }> => {
  const histories = open.map(async ({ workflowId }) => ({
    workflowId,
    history: await bell.client.workflow.getHandle(workflowId).fetchHistory(),
  }));
  const bad: unknown[] = [];
  let all = 0;
  const results = Worker.runReplayHistories({ workflowBundle: { codePath } }, await Promise.all(histories));
  for await (const { error } of results) {
    all += 1;
    if (error) bad.push(error);
  }
  return { all, bad };
};

const COUNT = 50;
const TIERS = [
  { name: 'first notice', afterSeconds: 0, notify: ['slack:ops'] },
  { name: 'page on-call', afterSeconds: 1_800, notify: ['webhook'] },
] as const;

/** All at one instant, so that all are due at one. */
const openAll = async (): Promise<readonly HandOver[]> => {
  const rule = aRule({ routes: { critical: aPolicy({ tiers: TIERS, people: {} }) } });
  const reports = Array.from({ length: COUNT }, (_, place) =>
    aReport(rule, 'critical', { labels: { job: `job-${place}` } }),
  );
  await bell.engine.run(bell.engine.activities.observe, { reports });
  // The door names the first twenty; reconcile would hand over the rest.
  const found = await readWaitingHandOvers(bell.home, { waitedSeconds: 0, above: 0, most: COUNT });
  for (const each of found) {
    await tellEscalation(bell.client, each);
    await markHandedOver(bell.home, each.number, each.seq);
  }
  return found;
};

const heard = (tier: string): number => bell.heard.filter((each) => each.tier === tier).length;

describe(`${COUNT} open escalations`, () => {
  it('survive a worker that is replaced by one with changed code: all tiers on time, all answers taken', async () => {
    const open = await bell.serving(async () => {
      const found = await openAll();
      await eventually('every first notice', () => heard('first notice') === COUNT, { withinMs: 60_000 });
      await eventually(
        'every ladder waits',
        async () => {
          const query = 'SELECT count(*)::int AS n FROM sexton.incident WHERE next_due_at IS NOT NULL';
          return (await bell.home.query(query)).rows[0].n === COUNT;
        },
        { withinMs: 60_000 },
      );
      return found;
    });
    expect(open).toHaveLength(COUNT);

    const [reworded, reordered] = await Promise.all([
      changedCode('reworded', REWORDED),
      changedCode('reordered', REORDERED),
    ]);
    expect(await replay(reworded, open)).toEqual({ all: COUNT, bad: [] });
    const refused = await replay(reordered, open);
    expect(refused.bad).toHaveLength(COUNT);
    for (const error of refused.bad) expect(error).toBeInstanceOf(DeterminismViolationError);

    await bell.serving(async () => {
      await clock.advance(1_600);
      expect(heard('page on-call')).toBe(0);
      await clock.advance(240);
      expect(heard('page on-call')).toBe(COUNT);
      const late = await bell.home.query(
        `SELECT max(extract(epoch FROM at - first_fired_at))::float8 AS most, min(extract(epoch FROM at - first_fired_at))::float8 AS least
         FROM sexton.outbox JOIN sexton.incident ON incident = number WHERE tier = 'page on-call'`,
      );
      expect(late.rows[0].least).toBeGreaterThanOrEqual(1_800);
      // Fifty wakes of one instant, on a machine with two cores.
      expect(late.rows[0].most).toBeLessThan(1_815);
      expect(new Set(bell.heard.map(({ key }) => key)).size).toBe(2 * COUNT);
      const answers = await Promise.all(
        open.map(({ workflowId }) =>
          bell.client.workflow
            .getHandle(workflowId)
            .executeUpdate<Answer, [object]>('acknowledge', { args: [{ by: 'ada' }] }),
        ),
      );
      for (const answer of answers) expect(answer).toMatchObject({ status: 'acknowledged', onTheirWay: [] });
      const { rows } = await bell.home.query(
        `SELECT count(*)::int AS n FROM sexton.incident WHERE acknowledged_by = 'ada'`,
      );
      expect(rows[0].n).toBe(COUNT);
    }, reworded);
    expect(bell.heard).toHaveLength(2 * COUNT);
  }, 240_000);
});
