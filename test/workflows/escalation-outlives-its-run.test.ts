// A run that breaks its budget wakes somebody while it runs, and its ladder goes on whatever becomes of the run. In real
// time up to the breach, in virtual time from there.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRinging, type Ringing, type StartedRun } from '../support/alerts/ringing.ts';
import { eventually } from '../support/eventually.ts';

const ENDS = {
  'is completed': async ({ handle, slice }: StartedRun) => {
    slice.resolve();
    await handle.result();
  },
  'is cancelled': async ({ handle, slice }: StartedRun) => {
    await handle.cancel();
    await handle.result().catch(() => {});
    slice.resolve();
  },
  'is terminated': async ({ handle, slice }: StartedRun) => {
    await handle.terminate();
    slice.resolve();
  },
} as const;
type Ending = keyof typeof ENDS;
const ENDINGS = Object.keys(ENDS) as Ending[];

interface Lived {
  /** Timers of a run begin where its plan says that it did. */
  readonly beganMs: number;
  readonly toldAtMs: readonly number[];
  readonly told: readonly string[];
  /** The ladder, once the run has ended. */
  readonly goesOn: boolean;
  readonly toldLater: readonly string[];
}

let scene: Ringing;
let lived: Readonly<Record<Ending, Lived>>;

const untilEnded = async (ending: Ending) => {
  const run = await scene.startRun();
  await eventually('both notices', () => scene.told(run.rule).length === 2);
  const { startedAt } = await run.handle.query<{ startedAt: string }>('state');
  const told = scene.told(run.rule);
  const toldAtMs = scene.noticesOf(run.rule).map(({ atMs }) => atMs);
  await ENDS[ending](run);
  const [incident] = await scene.incidentsOf(run.rule);
  const goesOn = await scene.isRunning(incident?.workflow_id ?? '');
  return { ending, rule: run.rule, beganMs: Date.parse(startedAt), told, toldAtMs, goesOn };
};

// One run for each ending, all at once and each with a rule of its own: their seconds pass together.
beforeAll(async () => {
  scene = await openRinging();
  await scene.bell.serving(async () => {
    const ended = await Promise.all(ENDINGS.map(untilEnded));
    await scene.advance(31 * 60);
    const entries = ended.map((run) => [run.ending, { ...run, toldLater: scene.told(run.rule).slice(2) }]);
    lived = Object.fromEntries(entries);
  });
});
afterAll(() => scene.bell.close());

describe('a run that breaks its budget', () => {
  it.each(ENDINGS)(
    'is told of just past 80 % and just past 100 %, and when it %s its ladder goes on to the next tier',
    (ending) => {
      const { told, toldAtMs, beganMs, goesOn, toldLater } = lived[ending];
      expect(told).toEqual(['warning: first notice', 'critical: first notice']);
      for (const [place, line] of [2_400, 3_000].entries()) {
        expect((toldAtMs[place] ?? 0) - beganMs).toBeGreaterThan(line);
        expect((toldAtMs[place] ?? 0) - beganMs).toBeLessThan(line + 3_000);
      }
      expect(goesOn).toBe(true);
      expect(toldLater).toEqual(['critical: page on-call']);
    },
  );
});
