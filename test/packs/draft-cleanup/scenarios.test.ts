// Each scenario of the pack's seeds, judged by the pack's own monitors for a quarter of an hour: exactly the alert that it is
// named for, and nothing of any other.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedRedis } from '../../../src/client/seed/seed-redis.ts';
import { type Stack, startStack } from '../../../src/local/stack.ts';
import { type DraftWatch, later, NOW, openDraftWatch } from '../../support/packs/draft-watch.ts';
import { schemasOf } from '../../support/packs/schemas.ts';

const schemas = schemasOf('draft-cleanup');

let stack: Stack;
let watch: DraftWatch;
beforeAll(async () => {
  // Of its own: the last scenario has it answer nobody.
  stack = await startStack({ env: {}, say: () => {}, only: ['redis'] });
  watch = await openDraftWatch({ redis: stack.redis.url });
});
afterAll(async () => {
  await watch.close();
  await stack.stop();
});

const fired = async (scenario: string) => {
  await watch.seed(scenario, seedRedis(stack.redis.url));
  await watch.quarter();
  return watch.incidents();
};

describe('the seed', () => {
  it('steady raises no alert, and is what npm start begins with (DRAFT-12)', async () => {
    expect(await fired('steady')).toEqual([]);
    const redis = new Redis(stack.redis.url);
    const sessions = await redis.keys('draft:session:*');
    redis.disconnect();
    expect(sessions).toHaveLength(40);
    const { rows } = await watch.db.query(
      `SELECT count(DISTINCT organization_id)::int AS organizations FROM courses WHERE status = 'draft'`,
    );
    expect(rows).toEqual([{ organizations: 12 }]);
    const { scenarios } = watch.catalog.packs.find(({ name }) => name === 'draft-cleanup')?.seed ?? {};
    expect(scenarios?.['base']).toBe(scenarios?.['steady']);
  });

  it.each([
    ['baseline', 2, 'draft_pollution_critical', (100 * 26) / 46, 50],
    ['high', 1, 'draft_pollution_high', 31, 30],
    ['critical', 2, 'draft_pollution_critical', 51, 50],
    ['critical-count', 2, 'draft_pollution_critical', 101, 100],
    ['stalled', 3, 'cleanup_job_stalled', 2.25, 2],
    ['old', 4, 'old_drafts_pending', 6, 5],
    ['spike', 5, 'draft_traffic_spike', 101, 100],
    ['three-failures', 7, 'cleanup_job_failures', 3, 3],
  ])(
    '%s raises exactly alert %i, %s (DRAFT-13, DRAFT-60)',
    async (scenario, number, alert, value, threshold) => {
      const incidents = await fired(scenario);
      expect(incidents.map(({ rule, state }) => [rule, state])).toEqual([[alert, 'open']]);
      const [incident] = incidents;
      expect(incident?.payload).toMatchObject({ alert, number, threshold, drill: false });
      expect(incident?.payload['value']).toBeCloseTo(value, 0);
      expect(schemas.check('alert', incident?.payload)).toBe('sound');
    },
  );

  it('redis-down raises exactly alert 6 after two failed probes, and leaves the session count empty (DRAFT-13, DRAFT-28, DRAFT-128)', async () => {
    await watch.seed('redis-down', seedRedis(stack.redis.url));
    await watch.tick('draft-redis', NOW);
    expect(await watch.incidents()).toEqual([]);
    await watch.tick('draft-redis', later(1));
    // Planned for the full hour, so it leaves a snapshot.
    const { failed } = await watch.tick('draft-state', later(30));
    await watch.tick('draft-job', later(30));
    const [incident, ...others] = await watch.incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ rule: 'redis_unavailable', state: 'open', severity: 'high' });
    expect(schemas.check('alert', incident?.payload)).toBe('sound');
    expect(failed.map(({ measure }) => measure)).toEqual(['redis_sessions']);
    const { rows } = await watch.db.query(
      'SELECT total_drafts, redis_sessions FROM draft_snapshots WHERE taken_at = $1',
      [later(30)],
    );
    expect(rows).toEqual([{ total_drafts: 12, redis_sessions: null }]);
  });
});
