// Each provider away, silent, gone or failing after it accepted, or asking to be left alone for minutes, at each point of
// a page's way: nothing is lost, and twice comes only what nobody can know of, once a trouble, and counted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TierSnapshot } from '../../../../src/domain/alerts/policy.ts';
import { aReport } from '../../../support/alerts/escalation-worker.ts';
import { aPolicy } from '../../../support/alerts/policies.ts';
import { eventually } from '../../../support/eventually.ts';
import { idOf, openDesk } from '../../support/crash-rows.ts';
import { type MatrixRow, tellMatrix } from '../../support/notification-report.ts';
import { MOMENTS, meetTrouble } from '../../support/provider-rows.ts';
import { TROUBLES } from '../../support/provider-troubles.ts';
import { aSirenRule, openSiren, type Siren } from '../../support/siren.ts';

const table: MatrixRow[] = [];
let siren: Siren;
beforeAll(async () => {
  siren = await openSiren();
  const { stderr } = siren.worker();
  await eventually('the worker serves', () => stderr().includes('RUNNING'), { withinMs: 90_000 });
});
afterAll(async () => {
  tellMatrix('providers', table);
  await siren.close();
});

describe.each(TROUBLES)('a provider that %s', (kind) => {
  it.each(MOMENTS)(
    '%s: gets every message in the end, and none twice that it can tell from another',
    async (moment) => {
      const rows = await meetTrouble(siren, kind, moment);
      table.push(...rows.map(({ target: _target, uncounted: _uncounted, ...row }) => row));
      for (const row of rows) {
        expect(row).toMatchObject({ lost: 0, doubled: 0, uncounted: 0 });
        expect(row.doubledUnseen).toBeLessThanOrEqual(1);
      }
    },
    360_000,
  );
});

describe('a page that PagerDuty says to have taken, and drops', () => {
  it('costs the time to the next tier and no more: that one pages somebody', async () => {
    const tier = (name: string, afterSeconds: number): TierSnapshot => ({
      name,
      afterSeconds,
      notify: ['pagerduty'],
    });
    const policy = aPolicy({ tiers: [tier('dropped', 0), tier('next', 8)], people: {} });
    const rule = { ...aSirenRule(0), routes: { critical: policy } };
    siren.providers.pagerduty.fail({ next: 1, with: 'dropped' });
    const desk = openDesk(siren);
    await desk.report(aReport(rule, 'critical'));
    await desk.close();
    const notices = await eventually(
      'somebody is paged',
      async () => {
        const all = await siren.notices(idOf(rule));
        return all.length > 0 && all;
      },
      { withinMs: 60_000 },
    );
    expect(notices.map(({ tier: name }) => name)).toEqual(['next']);
    const { firstFiredMs } = await siren.incident(rule);
    const seconds = (new Date(notices[0]?.at ?? 0).getTime() - firstFiredMs) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(8);
    table.push({
      away: 'pagerduty says 202 and drops it',
      point: 'its first page',
      lost: 0,
      doubled: 0,
      doubledUnseen: 0,
      countedAsPossible: 0,
      seconds,
    });
    expect(siren.providers.pagerduty.events.filter(({ effect }) => effect === 'dropped')).toHaveLength(1);
  }, 90_000);
});
