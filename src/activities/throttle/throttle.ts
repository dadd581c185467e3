// A slice's throttle: asked before each batch, between transactions. Short holds are waited out here, with the slice alive;
// one that lasts ends the slice, and the workflow waits in sight. What it saw is in Postgres before anybody acts on it.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { addRest, type HoldOwner, openHold, readOpenHold } from '../../adapters/postgres/runs/holds.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import {
  figuresOf,
  judge,
  type Look,
  type Throttled,
  type ThrottleSnapshot,
  type Verdict,
  YIELDING_TARGET_MS,
  yieldReason,
} from '../../domain/jobs/throttle.ts';
import { endHolds } from './end-holds.ts';
import { look } from './look.ts';
import { throttleMetrics } from './metrics.ts';

export interface Throttle {
  /** Before each batch. What holds the run where it goes on holding: then no batch begins and the slice ends. */
  readonly held: (pace: Pace) => Promise<Throttled | undefined>;
  /** How long a batch should take just now; undefined where the loop's own measure is right. */
  readonly targetMs: () => number | undefined;
  /** After each batch: makes way for others as long as it was asked to; returns for how long. */
  readonly makeWay: (batchMs: number, pace: Pace) => Promise<number>;
  /** At the slice's end, however it ends: writes down what was rested. */
  readonly close: () => Promise<void>;
}

/** How a slice waits between transactions. */
interface Pace {
  /** Sleeps with the slice alive; shorter where it was cancelled. */
  readonly rest: (ms: number) => Promise<void>;
  /** The slice's time is up, or it was cancelled. */
  readonly over: () => boolean;
}

export interface ThrottleInput {
  readonly job: JobSnapshot;
  readonly owner: HoldOwner;
  readonly pool: pg.Pool;
  /** What the workflow waits for where the hold says nothing of its own length. */
  readonly waitSeconds: number | undefined;
}

/** Between two looks. */
const LOOK_MS = 1000;
/** Looks at a hold, a second apart, before the slice is given back. */
const PATIENCE = 3;
/** A rest is shorter than a look. */
const LONGEST_REST_MS = 1000;
/** Rests are written down this often, so a killed worker loses no more of them. */
const WRITE_RESTS_MS = 5000;
const DEFAULT_WAIT_SECONDS = 60;

/** For jobs whose snapshot is of before there were throttles. */
const NONE: Throttle = {
  held: async () => undefined,
  targetMs: () => undefined,
  makeWay: async () => 0,
  close: async () => {},
};

export const createThrottle = (input: ThrottleInput): Throttle =>
  input.job.throttle ? watching(input, input.job.throttle) : NONE;

const watching = (input: ThrottleInput, throttle: ThrottleSnapshot): Throttle => {
  const { pool } = input;
  const figures = figuresOf(throttle);
  const holds = createHolds(input);
  const rests = createRests(input);
  let looked = Number.NEGATIVE_INFINITY;
  let active = 0;

  const lookNow = async (): Promise<Verdict | undefined> => {
    const seen: Look = await look(pool, figures);
    looked = performance.now();
    active = seen.figures.yield ?? 0;
    return judge(throttle, seen);
  };

  return {
    held: async ({ rest, over }) => {
      if (performance.now() - looked < LOOK_MS) return undefined;
      // Held since an earlier slice or attempt: there is nothing short to be waited out any more.
      const patience = (await holds.begun()) ? 0 : PATIENCE;
      for (let looks = 0; ; looks += 1) {
        const verdict = await lookNow();
        if (!verdict) {
          await holds.end();
          return undefined;
        }
        const since = await holds.open(verdict);
        const isLong = (verdict.seconds ?? 0) > PATIENCE;
        if (looks >= patience || isLong || over()) return throttled(verdict, since, input);
        await rest(LOOK_MS);
      }
    },
    targetMs: () => (active > 0 ? YIELDING_TARGET_MS : undefined),
    makeWay: async (batchMs, { rest }) => {
      if (!throttle.yield || active === 0) return 0;
      const ms = Math.min(LONGEST_REST_MS, batchMs * throttle.yield.rest);
      return rests.take(() => rest(ms), yieldReason(active));
    },
    // Where the database is away the slice fails of that, and not of some seconds of rest that nobody wrote down.
    close: () => rests.write().catch(() => {}),
  };
};

const throttled = (
  { probe, reason, seconds }: Verdict,
  since: string,
  { waitSeconds = DEFAULT_WAIT_SECONDS }: ThrottleInput,
): Throttled => ({ probe, reason, since, waitSeconds: Math.ceil(seconds ?? waitSeconds) });

/** The run's open hold, which may be of an earlier slice, or of an attempt that was killed. */
const createHolds = ({ job, pool, owner }: ThrottleInput) => {
  const { pack, name, resourceType } = job;
  const metrics = throttleMetrics({ pack, job: name });
  const subject = { runId: owner.runId, pack, job: name, resourceType };
  let known: Awaited<ReturnType<typeof readOpenHold>> | 'unread' = 'unread';

  const begun = async () => {
    if (known === 'unread') known = await readOpenHold(pool, owner.runId);
    return known;
  };
  const end = async (): Promise<void> => {
    if (!(await begun())) return;
    await endHolds(pool, subject, false);
    known = undefined;
  };
  return {
    begun,
    end,
    /** Since when it lasts. Another probe's hold is another hold, so that each has its own sum. */
    open: async (verdict: Verdict): Promise<string> => {
      const open = await begun();
      if (open?.probe === verdict.probe) return open.since;
      await end();
      if (await openHold(pool, owner, verdict)) metrics.held(verdict.probe);
      known = await readOpenHold(pool, owner.runId);
      return known?.since ?? new Date().toISOString();
    },
  };
};

const createRests = ({ job, pool, owner }: ThrottleInput) => {
  const metrics = throttleMetrics({ pack: job.pack, job: job.name });
  let ms = 0;
  let reason = '';
  let written = performance.now();

  const write = async (): Promise<void> => {
    written = performance.now();
    if (ms === 0) return;
    const taken = ms;
    ms = 0;
    await addRest(pool, owner, { reason, ms: taken });
    metrics.throttled('yield', taken);
  };
  return {
    write,
    take: async (rest: () => Promise<void>, because: string): Promise<number> => {
      const from = performance.now();
      await rest();
      const taken = performance.now() - from;
      ms += taken;
      reason = because;
      if (performance.now() - written > WRITE_RESTS_MS) await write();
      return taken;
    },
  };
};
