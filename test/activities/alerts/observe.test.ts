// The one door: what it answers follows from the state that it finds, never from what a caller remembers, and one
// series has one incident however many look at it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeIncident, markHandedOver } from '../../../src/adapters/postgres/alerts/incidents.ts';
import { resolveByHand } from '../../../src/adapters/postgres/alerts/ladders.ts';
import type { HandOver, Report } from '../../../src/domain/alerts/alert.ts';
import { aReport } from '../../support/alerts/escalation-worker.ts';
import { aRule } from '../../support/alerts/policies.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
let rule: Report['rule'];
beforeAll(async () => {
  engine = await createEngine();
  await engine.db.query('UPDATE sexton.clock SET adjustable = true');
});
afterAll(() => engine.close());
beforeEach(() => {
  rule = aRule({ name: unique('rule') });
});

const observe = (...reports: readonly Report[]): Promise<readonly HandOver[]> =>
  engine.run(engine.activities.observe, { reports });

/** Observes one report, expects one hand-over and takes it as told. */
const told = async (report: Report): Promise<HandOver> => {
  const [found, ...more] = await observe(report);
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} hand-overs`);
  await markHandedOver(engine.db, found.number, found.seq);
  return found;
};

const later = (seconds: number) =>
  engine.db.query(`UPDATE sexton.clock SET "offset" = "offset" + make_interval(secs => $1)`, [seconds]);

const NEWER = { subject: 'run-2', subjectAt: '2026-02-10T13:00:00.000000Z' };
const OLDER = { subject: 'run-0', subjectAt: '2026-02-10T11:00:00.000000Z' };

const stateOf = async (number: number): Promise<{ state: string; severity: string; seq: number }> =>
  (await engine.db.query('SELECT state, severity, seq FROM sexton.incident WHERE number = $1', [number]))
    .rows[0];

const countOf = async (): Promise<number> =>
  (await engine.db.query('SELECT count(*)::int AS n FROM sexton.incident WHERE rule = $1', [rule.name]))
    .rows[0].n;

describe('the answer of the door', () => {
  it('is the same for a retry, until somebody has handed over what it names', async () => {
    const first = await observe(aReport(rule, 'critical'));
    expect(first).toMatchObject([{ seq: 1, incident: { state: 'open', policy: { name: 'sla-critical' } } }]);
    expect(await observe(aReport(rule, 'critical'))).toEqual(first);
    const [found] = first;
    if (!found) throw new Error('nothing was handed over');
    await markHandedOver(engine.db, found.number, found.seq);
    expect(await observe(aReport(rule, 'critical'))).toEqual([]);
    expect(await countOf()).toBe(1);
  });

  it('names what another observer of the rule left behind, too', async () => {
    const [left] = await observe(aReport(rule, 'critical', { labels: { job: 'a' } }));
    const found = await observe(aReport(rule, 'critical', { labels: { job: 'b' } }));
    expect(found.map(({ number }) => number)).toContain(left?.number);
    expect(new Set(found.map(({ number }) => number)).size).toBe(2);
  });

  it('carries the whole present state, so that only the newest is ever told', async () => {
    await observe(aReport(rule, 'warning'));
    expect(await observe(aReport(rule, 'critical'))).toMatchObject([
      { seq: 2, incident: { seq: 2, firing: { severity: 'critical' }, policy: { name: 'sla-critical' } } },
    ]);
  });
});

describe('a subject that is older than one already seen', () => {
  it('never resolves, while the same and a newer one do', async () => {
    const { number } = await told(aReport(rule, 'critical'));
    expect(await observe(aReport(rule, undefined, OLDER))).toEqual([]);
    expect(await stateOf(number)).toMatchObject({ state: 'open', seq: 1 });
    expect(await told(aReport(rule, undefined))).toMatchObject({ seq: 2, incident: { state: 'resolved' } });
    await told(aReport(rule, 'critical', NEWER));
    expect(await observe(aReport(rule, undefined))).toEqual([]);
    expect(await told(aReport(rule, undefined, NEWER))).toMatchObject({ incident: { state: 'resolved' } });
  });

  it('may still fire', async () => {
    await observe(aReport(rule, undefined, NEWER));
    expect(await told(aReport(rule, 'critical'))).toMatchObject({ incident: { state: 'open' } });
  });
});

describe('a severity that rises and falls', () => {
  it('is one alert and one incident, with a new seq each time and none for a mere repeat (SLA-06)', async () => {
    const { number } = await told(aReport(rule, 'warning'));
    expect(await told(aReport(rule, 'critical'))).toMatchObject({ number, seq: 2 });
    expect(await observe(aReport(rule, 'critical'))).toEqual([]);
    expect(await told(aReport(rule, 'warning'))).toMatchObject({ number, seq: 3 });
    expect(await stateOf(number)).toEqual({ state: 'open', severity: 'warning', seq: 3 });
    expect(await countOf()).toBe(1);
  });
});

describe('an incident that a person resolved while it was still true', () => {
  const byHand = async (): Promise<HandOver> => {
    const found = await told(aReport(rule, 'critical'));
    await resolveByHand(engine.db, found.number, 'ada');
    return found;
  };

  it('is left alone until reopenAfter has passed, and then opens again', async () => {
    const { number } = await byHand();
    await later(rule.reopenAfterSeconds - 60);
    expect(await observe(aReport(rule, 'critical', NEWER))).toEqual([]);
    await later(120);
    expect(await told(aReport(rule, 'critical', NEWER))).toMatchObject({
      number,
      incident: { state: 'open' },
    });
  });

  it('is left alone for as long when its escalation has closed it meanwhile', async () => {
    const { number, seq } = await byHand();
    await later(rule.reopenWithinSeconds + 1);
    expect(await closeIncident(engine.db, number, seq)).toBe(true);
    await later(60);
    expect(await observe(aReport(rule, 'critical', NEWER))).toEqual([]);
    await later(rule.reopenAfterSeconds);
    const again = await told(aReport(rule, 'critical', NEWER));
    expect(again).toMatchObject({ seq: 1, incident: { state: 'open' } });
    expect(again.number).toBeGreaterThan(number);
  });

  it('opens again at once where it had gone away in between, because then it is news', async () => {
    const { number, seq } = await byHand();
    expect(await observe(aReport(rule, undefined, NEWER))).toEqual([]);
    expect(
      await told(aReport(rule, 'critical', { subject: 'run-3', subjectAt: '2026-02-10T14:00:00Z' })),
    ).toMatchObject({ number, seq: seq + 1, incident: { state: 'open' } });
  });
});

describe('a series that fires again after it was resolved', () => {
  const resolved = async (): Promise<HandOver> => {
    await told(aReport(rule, 'critical'));
    return told(aReport(rule, undefined, NEWER));
  };

  it('is the same incident while that is not closed', async () => {
    const { number, seq } = await resolved();
    expect(await told(aReport(rule, 'critical', NEWER))).toMatchObject({ number, seq: seq + 1 });
  });

  it('is a new one with a number of its own once it is', async () => {
    const { number, seq } = await resolved();
    expect(await closeIncident(engine.db, number, seq)).toBe(true);
    const again = await told(aReport(rule, 'critical', NEWER));
    expect(again.number).toBeGreaterThan(number);
    expect(again.workflowId).toBe(`escalation/test-pack/${rule.name}/${again.number}`);
  });

  it('and keeps its escalation from closing: a close that knows only the older state is refused', async () => {
    const { number, seq } = await resolved();
    await told(aReport(rule, 'critical', NEWER));
    expect(await closeIncident(engine.db, number, seq)).toBe(false);
    await told(aReport(rule, undefined, NEWER));
    expect(await closeIncident(engine.db, number, seq)).toBe(false);
    expect(await stateOf(number)).toMatchObject({ state: 'resolved' });
  });
});

describe('observers that come at once', () => {
  it('to one series make one incident', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => observe(aReport(rule, 'critical'))));
    expect(new Set(all.flat().map(({ number }) => number)).size).toBe(1);
    expect(await countOf()).toBe(1);
  });

  it('to several series in opposite orders wait for each other in one order, and make one incident a series', async () => {
    const series = ['a', 'b', 'c', 'd', 'e'].map((job) => aReport(rule, 'critical', { labels: { job } }));
    await Promise.all(
      Array.from({ length: 8 }, (_, place) => observe(...(place % 2 ? series : series.toReversed()))),
    );
    expect(await countOf()).toBe(5);
  });

  it('while the incident is being closed either keep it open or make the next one, never neither', async () => {
    for (let round = 0; round < 10; round += 1) {
      rule = aRule({ name: unique('rule') });
      await told(aReport(rule, 'critical'));
      const { number, seq } = await told(aReport(rule, undefined, NEWER));
      const [closed, found] = await Promise.all([
        closeIncident(engine.db, number, seq),
        observe(aReport(rule, 'critical', NEWER)),
      ]);
      expect(found).toHaveLength(1);
      expect(found[0]?.number === number).toBe(!closed);
    }
  });
});

describe('a ladder that rang without the door', () => {
  const ringing = 'escalation/degraded/test-pack/cleanup_links/run-1';

  it('gives the new incident its workflow id, and gets it back on every retry', async () => {
    const own = `${ringing}/${rule.name}`;
    const first = await observe(aReport(rule, 'critical', { ringing: own }));
    expect(first).toMatchObject([{ workflowId: own, seq: 1 }]);
    expect(await observe(aReport(rule, 'critical', { ringing: own }))).toEqual(first);
  });

  it('takes over an incident that nobody was told of yet', async () => {
    const own = `${ringing}/${rule.name}`;
    const [found] = await observe(aReport(rule, 'critical'));
    expect(await observe(aReport(rule, 'critical', { ringing: own }))).toMatchObject([
      { number: found?.number, workflowId: own },
    ]);
  });

  it('leaves an incident alone whose escalation was told first', async () => {
    const { number, workflowId } = await told(aReport(rule, 'critical'));
    expect(await observe(aReport(rule, 'critical', { ringing: `${ringing}/${rule.name}` }))).toEqual([]);
    const { rows } = await engine.db.query('SELECT workflow_id FROM sexton.incident WHERE number = $1', [
      number,
    ]);
    expect(rows).toEqual([{ workflow_id: workflowId }]);
  });
});
