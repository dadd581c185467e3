// Alerts that are exercised: the whole escalation in little time, to a sandbox, marked as a drill, and remembered. On the real
// Temporal server and Postgres; only the channel is the test's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftCleanup } from '../../packs/draft-cleanup/pack.ts';
import config from '../../sexton.config.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import { registerAnswers } from '../../src/client/commands/answer.ts';
import { registerIncident } from '../../src/client/commands/incident.ts';
import { registerIncidents } from '../../src/client/commands/incidents.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import type { Notification } from '../../src/domain/alerts/notification.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
const ALERTS = [
  'draft_pollution_high',
  'draft_pollution_critical',
  'cleanup_job_stalled',
  'old_drafts_pending',
  'draft_traffic_spike',
  'redis_unavailable',
  'cleanup_job_failures',
];

let desk: Desk;
const sent: { readonly to: string; readonly notification: Notification }[] = [];
beforeAll(async () => {
  desk = await openDesk([
    registerIncident,
    registerAnswers,
    (program, { open, out }) => registerIncidents(program, { load: async () => (await open()).catalog, out }),
  ]);
  const declared = assembleCatalog(
    checkConfig({ ...config, packs: [draftCleanup] }, 'sexton.config.ts', ENV),
    ENV,
  );
  Object.assign(desk.catalog, { monitors: declared.monitors, jobs: declared.jobs });
  desk.bell.onSend(async ({ target, notification }) => {
    sent.push({ to: `${target.channel}:${target.address}`, notification });
  });
});
afterAll(() => desk.close());

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await desk.sexton(...args, '--json');
  return { code, stderr, ...JSON.parse(stdout) };
};

describe('incident drill', () => {
  it('goes through every tier of the alert in seconds, to the sandbox alone, marked as a drill (DRAFT-66)', async () => {
    const told = await json(
      'incident',
      'drill',
      'cleanup_job_stalled',
      '--to',
      'slack:sandbox',
      '--factor',
      '7200',
      '--follow',
      '--by',
      'ana',
    );
    expect(told).toMatchObject({ code: 0, alert: 'cleanup_job_stalled', tested: true, missing: [] });
    expect(told.incident).toMatch(/^draft-cleanup\/drill\/\d+$/);
    const firing = sent.filter(
      ({ notification }) => notification.status === undefined || notification.status === 'firing',
    );
    // HIGH, on-call, senior engineer, manager, CTO: as the alert's own ladder has them.
    expect(firing.length).toBeGreaterThanOrEqual(5);
    expect(new Set(sent.map(({ to }) => to))).toEqual(new Set(['slack:sandbox']));
    for (const { notification } of firing) {
      expect(notification.payload).toMatchObject({
        alert: 'cleanup_job_stalled',
        number: 3,
        severity: 'HIGH',
        response_minutes: 30,
        drill: true,
      });
      expect(notification.summary).toContain('This is a drill of cleanup_job_stalled, nothing is wrong');
    }
    const { rows } = await desk.db.query(
      `SELECT state, resolved_by FROM sexton.incident WHERE rule = 'drill' ORDER BY number DESC LIMIT 1`,
    );
    expect(rows).toMatchObject([{ resolved_by: 'ana' }]);
  });

  it('does not touch the alert itself: nothing of its own rule fires or is resolved (DRAFT-66)', async () => {
    const { rows } = await desk.db.query(
      `SELECT DISTINCT rule, labels ->> 'alert' AS alert FROM sexton.alert_state`,
    );
    expect(rows).toEqual([{ rule: 'drill', alert: 'cleanup_job_stalled' }]);
  });

  it('is remembered with its date; those that were never exercised are named, and exit with 1 (DRAFT-66)', async () => {
    const listed = await json('incident', 'drills', ...ALERTS);
    expect(listed).toMatchObject({ code: 1, tested: 1, of: 7 });
    const tested = listed.alerts.filter((each: { tested: boolean }) => each.tested);
    expect(tested).toMatchObject([{ alert: 'cleanup_job_stalled', at: expect.stringMatching(/^20\d\d-/) }]);
    const { stdout } = await desk.sexton('incident', 'drills', ...ALERTS);
    expect(stdout).toContain('1 of 7 tested');
  });

  it('whose messages nobody takes has tested nothing, and says so with exit code 1 (DRAFT-66)', async () => {
    desk.bell.onSend(async () => {
      throw Object.assign(new Error('revoked'), { name: 'ChannelError' });
    });
    const started = await json('incident', 'drill', 'redis_unavailable', '--factor', '7200');
    desk.bell.onSend(async ({ target, notification }) => {
      sent.push({ to: `${target.channel}:${target.address}`, notification });
    });
    expect(started).toMatchObject({ code: 0, alert: 'redis_unavailable' });
    expect((await json('incident', 'drills', 'redis_unavailable')).code).toBe(1);
    await desk.sexton('resolve', started.incident);
  });

  it.each([
    [['draft_polution_high'], /did you mean draft_pollution_high/],
    [['cleanup_job_stalled', '--severity', 'info'], /never has severity info/],
    [['cleanup_job_stalled', '--to', 'pigeon:x'], /pigeon|channel/],
    [['cleanup_job_stalled', '--factor', '0'], /must be a number from 1/],
  ])('%j is refused, and nobody is told', async (args, words) => {
    const before = sent.length;
    const { code, stderr } = await desk.sexton('incident', 'drill', ...args);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(words);
    expect(sent.length).toBe(before);
  });
});

describe('a note', () => {
  it('given with an acknowledgement and with the end stands in the history of the incident (DRAFT-91)', async () => {
    const { incident } = await json('incident', 'drill', 'old_drafts_pending', '--factor', '1');
    await desk.sexton('ack', incident, '--by', 'ana', '--note', 'looking at Q6');
    await desk.sexton('resolve', incident, '--by', 'ben', '--note', 'the trigger kept them');
    const detail = await json('incidents', incident);
    expect(detail.notes).toMatchObject([
      { by: 'ana', text: 'looking at Q6' },
      { by: 'ben', text: 'the trigger kept them' },
    ]);
    const { stdout } = await desk.sexton('incidents', incident);
    expect(stdout).toMatch(/notes:\n {2}\S+ {2}ana: looking at Q6\n {2}\S+ {2}ben: the trigger kept them\n$/);
  });
});
