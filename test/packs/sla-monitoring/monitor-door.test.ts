// What the pack's monitor makes of audit rows from tick to tick: which raise an alert, which only go into figures, and what
// ends it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { schemasOf } from '../../support/packs/schemas.ts';
import { type SlaHouse, slaHouse } from '../../support/packs/sla-house.ts';

const MONITOR = 'monitor_cleanup_sla';
const BUDGET = 3600;

let house: SlaHouse;
/** Rows cannot be taken back, so each test has a week of its own. */
let start = Date.parse('2026-01-05T12:00:00Z');
beforeAll(async () => {
  house = await slaHouse();
});
afterAll(() => house.close());
beforeEach(async () => {
  start += 40 * 86_400_000;
  await house.db.query('TRUNCATE sexton.incident, sexton.outbox, sexton.incident_member, sexton.alert_state');
  await house.db.query('TRUNCATE sexton.sample, sexton.evaluation');
  house.logged.length = 0;
});

const at = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();

/** An audit row of the quiz job, dated so many minutes after the start of the test. */
const row = (action: string, minutes: number, metadata: object = {}, change: object = {}) => {
  const { runId, type, actor, job } = {
    runId: `run ${at(minutes)}`,
    type: 'quiz_response',
    actor: 'system:cleanup',
    job: '',
    ...change,
  };
  return house.db.query(
    `INSERT INTO sexton.audit_log (actor, action, resource_type, "timestamp", metadata, pack, run_id)
     VALUES ($1, $2, $3, $4, $5, 'sla-monitoring', $6)`,
    [
      actor,
      `CLEANUP_${action}`,
      type,
      at(minutes),
      JSON.stringify({ ...metadata, ...(job && { job }) }),
      runId,
    ],
  );
};

const completed = (minutes: number, seconds: number, change: object = {}) =>
  row('COMPLETED', minutes, { duration_seconds: seconds, sla_budget_seconds: BUDGET }, change);

const tick = async (minutes: number) => {
  await house.setClock(at(minutes));
  return house.evaluate(MONITOR, at(minutes));
};

const open = () => house.open();

const incidents = async () => {
  const { rows } = await house.db.query(
    `SELECT number::int, state, severity, firing -> 'payload' AS payload FROM sexton.incident ORDER BY number`,
  );
  return rows;
};

const QUIZ = 'cleanup_quiz_responses';

describe('an audit row', () => {
  it('that comes up to an hour after the tick before raises its alert, a later one only goes into figures (SLA-38, SLA-118)', async () => {
    await completed(-300, 60);
    await tick(0);
    await completed(-61, 2950);
    expect((await tick(15)).records?.[0]).toMatchObject({
      job: QUIZ,
      utilization_percent: 81.9,
      status: 'warning',
    });
    expect(await open()).toEqual([]);
    await completed(-44, 3000);
    await tick(30);
    expect(await open()).toEqual([`${QUIZ} sla_breach_warning`]);
  });

  it('of an alert that stands keeps it alive for as long as no newer run says otherwise, and is one alert (SLA-06, SLA-38)', async () => {
    await completed(-10, 2950);
    for (const minutes of [0, 15, 120, 600]) await tick(minutes);
    expect(await incidents()).toMatchObject([{ state: 'open', severity: 'warning' }]);
    const { rows } = await house.db.query(
      `SELECT times_seen::int AS times, last_seen >= $1 AS lately FROM sexton.alert_state WHERE rule = 'sla_breach' AND firing IS NOT NULL`,
      [at(599)],
    );
    expect(rows).toEqual([{ times: 4, lately: true }]);
  });

  it('that was measured at no tick for a while is still news at the next that is (SLA-38)', async () => {
    await tick(0);
    await completed(30, 2950);
    await house.db.query('ALTER TABLE sexton.audit_log RENAME TO audit_log_away');
    for (const minutes of [45, 60, 75, 90, 105, 120])
      expect((await tick(minutes)).failures).toBeGreaterThan(0);
    await house.db.query('ALTER TABLE sexton.audit_log_away RENAME TO audit_log');
    await tick(135);
    expect((await open()).filter((alert) => alert.startsWith(QUIZ))).toEqual([`${QUIZ} sla_breach_warning`]);
  });
});

describe('the alert of a budget', () => {
  it('rises with the run to one critical incident, and is over with the next run that is within (SLA-33, SLA-35)', async () => {
    await row('STARTED', -50, {}, { runId: 'long' });
    await tick(0);
    expect(await open()).toEqual([`${QUIZ} sla_breach_warning`]);
    await tick(15);
    expect(await incidents()).toMatchObject([
      {
        state: 'open',
        severity: 'critical',
        payload: { actual_duration_seconds: expect.closeTo(3900, 0), run_id: 'long', running: true },
      },
    ]);
    await completed(20, 4200, { runId: 'long' });
    await tick(30);
    expect(await open()).toEqual([`${QUIZ} sla_breach_critical`]);
    await completed(40, 900, { runId: 'next' });
    await tick(45);
    expect(await incidents()).toMatchObject([{ state: 'resolved' }]);
  });

  it('is not taken back by a run that failed, which says nothing of the time that it takes (SLA-35)', async () => {
    await completed(-10, 3700);
    await tick(0);
    await row('FAILED', 5, { duration_seconds: 3, error_code: 'X' });
    await tick(15);
    expect(await open()).toContain(`${QUIZ} sla_breach_critical`);
  });

  it('goes by the budget that a person gave the run, as the run itself does (SLA-26)', async () => {
    await house.db.query(
      `INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger, dry_run,
         budget_seconds, state, started_at) VALUES ('given', 'w', 'sla-monitoring', $1, 'app', 'quiz_response', 'l', 'manual',
         false, 2, 'running', $2)`,
      [QUIZ, at(-1)],
    );
    await row('STARTED', -1, { sla_budget_seconds: 2 }, { runId: 'given' });
    await tick(0);
    const [incident] = await incidents();
    expect(incident).toMatchObject({ severity: 'critical', payload: { sla_budget_seconds: 2 } });
    expect(incident.payload.diagnostics).toMatchObject({ budget_mismatch: true });
  });
});

describe('the row that simulates a breach', () => {
  it('raises exactly one critical alert at 102.8 that says so, and nothing else of it is judged (SLA-81, SLA-98)', async () => {
    await house.setClock(at(0));
    await house.db.query(
      `INSERT INTO public.audit_log (actor, action, resource_type, "timestamp", metadata)
       VALUES ('system:test', 'CLEANUP_COMPLETED', 'quiz_response', sexton.now(), '{"duration_seconds": 3700, "sla_budget_seconds": 3600}')`,
    );
    const { records } = await tick(0);
    const [incident, ...others] = await incidents();
    expect(others).toEqual([]);
    expect(incident.payload).toMatchObject({
      alert_type: 'sla_breach_critical',
      utilization_percent: 102.8,
      synthetic: true,
    });
    expect(schemasOf('sla-monitoring').check('sla-alert', incident.payload)).toBe('sound');
    expect(
      records?.some(
        (record) => record['job'] === QUIZ && 'success_rate' in record && record['success_rate'] !== null,
      ),
    ).toBe(false);
  });
});

describe('what does not fit together', () => {
  const diagnosticsOf = async (minutes: number) => {
    await tick(minutes);
    const [incident] = await incidents();
    return { ...incident?.payload, ...incident?.payload?.diagnostics };
  };

  it.each([
    [
      'another budget than is declared, which wins',
      () => row('COMPLETED', -5, { duration_seconds: 3500, sla_budget_seconds: 60 }),
      { budget_mismatch: true, sla_budget_seconds: 3600, actual_duration_seconds: 3500 },
    ],
    [
      'another duration than start and end tell, which win',
      async () => {
        await row('STARTED', -65, {}, { runId: 'paired' });
        await row('COMPLETED', -5, { duration_seconds: 100 }, { runId: 'paired' });
      },
      { duration_mismatch: true, actual_duration_seconds: 3600 },
    ],
    [
      'an end before its start, where its own duration counts',
      async () => {
        await row('STARTED', -5, {}, { runId: 'skewed' });
        await row('COMPLETED', -9, { duration_seconds: 3300 }, { runId: 'skewed' });
      },
      { clock_skew: true, actual_duration_seconds: 3300 },
    ],
    [
      'rows of the future, which are left out',
      async () => {
        await completed(-5, 3300);
        await completed(6, 10);
      },
      { clock_skew: true, actual_duration_seconds: 3300 },
    ],
    [
      'nothing: the same told twice within a second is one, and 5 s apart is the same',
      async () => {
        await row('STARTED', -60, {}, { runId: 'twice' });
        for (const metadata of [{ duration_seconds: 3305 }, { duration_seconds: 1 }])
          await row('COMPLETED', -5 + metadata.duration_seconds / 1e6, metadata, { runId: 'twice' }).catch(
            () => {},
          );
      },
      { actual_duration_seconds: expect.closeTo(3300, 0) },
    ],
  ])('tells %s (SLA-26, SLA-119, SLA-127)', async (_, fill, expected) => {
    await fill();
    expect(await diagnosticsOf(0)).toMatchObject(expected);
  });

  it('is counted where nobody can tell whose rows they are, and raises nothing (SLA-128)', async () => {
    await completed(-5, 99_999, { type: 'unheard_of' });
    await completed(-6, 99_999, { type: 'unheard_of', runId: 'another' });
    await completed(-7, 99_999, { type: 'unheard_of', runId: 'named', job: 'nobody' });
    await tick(0);
    const { rows } = await house.db.query(
      `SELECT a.value FROM sexton.sample a JOIN sexton.series s ON s.id = a.series WHERE s.measure = 'unmapped_audit_rows'`,
    );
    expect(rows).toEqual([{ value: 2 }]);
    expect(await open()).toEqual([]);
  });
});

describe('an evaluation', () => {
  it('logs the diagnostics of each breach while it is news, and each record at every tick (SLA-30, SLA-36)', async () => {
    await completed(-10, 2950);
    for (const minutes of [0, 75, 150]) await tick(minutes);
    const metaOf = (message: string) =>
      house.logged
        .filter((entry) => entry.message === message)
        .map(({ level, meta }) => ({ level, ...meta }));
    const [first, ...more] = metaOf('diagnostics');
    expect(more).toHaveLength(1);
    expect(first).toMatchObject({
      level: 'WARN',
      job: QUIZ,
      alertType: 'sla_breach_warning',
      diagnostics: { batch_size: null, lock_skips: 0, failure_patterns: [] },
    });
    const measured = metaOf('measured');
    expect(measured).toHaveLength(24);
    expect(measured[0]).toMatchObject({ level: 'INFO', job: QUIZ, metric: 'cleanup_sla_utilization' });
  });

  it('keeps a missing value as missing, never as a number (SLA-03, SLA-76)', async () => {
    await completed(-10, 2950);
    await tick(0);
    const { rows } = await house.db.query(
      `SELECT s.labels ->> 'job' AS job, a.state, a.value FROM sexton.sample a JOIN sexton.series s ON s.id = a.series
       WHERE s.measure = 'utilization' ORDER BY 1`,
    );
    expect(rows).toEqual([
      { job: 'cleanup_blacklist', state: 'noData', value: null },
      { job: 'cleanup_magic_links', state: 'noData', value: null },
      { job: 'cleanup_pdfs', state: 'noData', value: null },
      { job: QUIZ, state: 'ok', value: expect.closeTo(81.94, 2) },
    ]);
  });
});
