// The specification's worked examples of the manual resolution queue, judged by the pack's own monitor at one instant.
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/domain/alerts/alert.ts';
import type { Taken } from '../../../src/domain/monitors/measure.ts';
import { recordsOf } from '../../../src/domain/monitors/record.ts';
import { tookWithin } from '../../support/jobs/one-transaction.ts';
import { schemasOf } from '../../support/packs/schemas.ts';
import { type SlaHouse, slaHouse } from '../../support/packs/sla-house.ts';
import { judgedReports, slaMonitor } from '../../support/packs/sla-pack.ts';

const UI = 'https://queue.example.org/items/';
const MONITOR = slaMonitor('monitor_manual_resolution_queue', { MRQ_RESOLUTION_UI_URL: UI });
const { check } = schemasOf('sla-monitoring');

let house: SlaHouse;
beforeAll(async () => {
  house = await slaHouse();
});
afterAll(() => house.close());

interface Waiting {
  readonly hours: number;
  readonly priority?: string;
}

interface Queue {
  readonly items: readonly Waiting[];
  /** Resolved in the last 24 h, and in the 7 days before that. */
  readonly resolved?: readonly [lately: number, before: number];
}

const INSERT = `INSERT INTO public.manual_resolution_queue
  (source_job, resource_type, resource_id, failure_mode, priority, status, created_at, resolved_at)`;

const fill =
  ({ items, resolved: [lately, before] = [0, 0] }: Queue) =>
  async (client: pg.PoolClient): Promise<void> => {
    await client.query(
      `${INSERT} SELECT 'cleanup_pdfs', 'meal_plan_pdf', 'item ' || n, 'blob_refused', priority, 'pending',
         sexton.now() - hours * interval '1 hour', NULL
       FROM unnest($1::float8[], $2::text[]) WITH ORDINALITY AS item (hours, priority, n)`,
      [items.map(({ hours }) => hours), items.map(({ priority = 'normal' }) => priority)],
    );
    await client.query(
      `${INSERT} SELECT 'cleanup_pdfs', 'meal_plan_pdf', 'gone ' || n, 'blob_refused', 'normal', 'resolved',
         sexton.now() - interval '20 days',
         sexton.now() - CASE WHEN n <= $1 THEN interval '1 hour' ELSE interval '25 hours' + n * interval '1 hour' END
       FROM generate_series(1, $1::int + $2::int) AS n`,
      [lately, before],
    );
  };

const took = (queue: Queue): Promise<readonly Taken[]> => tookWithin(house.db, MONITOR, fill(queue));

const firing = (reports: readonly Report[]) => reports.flatMap((report) => report.firing ?? []);

const typesOf = async (queue: Queue): Promise<readonly string[]> =>
  firing(judgedReports(MONITOR, await took(queue))).map(({ alertType }) => alertType);

const aged = (...hours: readonly number[]): readonly Waiting[] => hours.map((each) => ({ hours: each }));

const many = (count: number): readonly Waiting[] => aged(...Array.from({ length: count }, () => 1));

const TICK = '2026-02-10T13:00:00.000Z';

const recordOf = async (queue: Queue) => recordsOf(MONITOR, await took(queue), TICK)[0];

const valueOf = async (measure: string, queue: Queue) => {
  const found = (await took(queue)).find((each) => each.measure === measure);
  return found && 'readings' in found ? found.readings[0]?.value : found;
};

describe('five items of 2, 10, 30, 72 and 170 h', () => {
  const queue: Queue = { items: aged(2, 10, 30, 72, 170), resolved: [4, 70] };

  it('are told with the figures of the specification, as its schema says (SLA-39, SLA-63, SLA-79)', async () => {
    const record = await recordOf(queue);
    expect(record).toEqual({
      metric: 'manual_resolution_queue_depth',
      total_pending: 5,
      average_age_hours: 56.8,
      oldest_item_hours: 170,
      items_exceeding_24h_sla: 3,
      items_requiring_escalation: 1,
      timestamp: '2026-02-10T13:00:00Z',
    });
    expect(check('queue-metric', record)).toBe('sound');
  });

  it('raise age, item and rate, the latter not once half as many are resolved as usual (SLA-41, SLA-63)', async () => {
    expect(await typesOf(queue)).toEqual([
      'mrq_age_warning',
      'mrq_item_escalation',
      'mrq_resolution_rate_low',
    ]);
    expect(await typesOf({ ...queue, resolved: [5, 70] })).toEqual([
      'mrq_age_warning',
      'mrq_item_escalation',
    ]);
  });

  it('are resolved at 4 a day, usually 10, a ratio of 0.4 (SLA-40, SLA-63)', async () => {
    expect(await valueOf('resolution_rate', queue)).toBe(4);
    expect(await valueOf('average_resolution_rate', queue)).toBe(10);
    expect(await valueOf('resolution_ratio', queue)).toBe(0.4);
    expect(await valueOf('resolution_ratio', { ...queue, resolved: [4, 0] })).toBeNull();
  });
});

describe('the queue', () => {
  it.each([
    [100, []],
    [101, ['mrq_depth_warning']],
    [500, ['mrq_depth_warning']],
    [501, ['mrq_depth_critical']],
  ])('of %d items raises %j (SLA-41, SLA-64)', async (count, types) => {
    expect(await typesOf({ items: many(count) })).toEqual(types);
  });

  it.each([
    ['48 h on average', [48, 48], []],
    ['a little more', [48, 48.01], ['mrq_age_warning']],
    ['168 h, at most', [168, 0, 0, 0, 0], []],
    ['a little over 168 h', [168.01, 0, 0, 0, 0], ['mrq_item_escalation']],
    ['over 24 h, which alone alerts nobody', [25, 47], []],
  ])('with ages of %s raises what it should (SLA-43, SLA-63, SLA-64)', async (_, hours, types) => {
    expect(await typesOf({ items: aged(...hours) })).toEqual(types);
  });

  it('that is empty has counts of 0 and no ages, and raises nothing (SLA-39, SLA-64)', async () => {
    expect(await recordOf({ items: [], resolved: [0, 70] })).toMatchObject({
      total_pending: 0,
      average_age_hours: null,
      oldest_item_hours: null,
      items_exceeding_24h_sla: 0,
      items_requiring_escalation: 0,
    });
    expect(await typesOf({ items: [], resolved: [0, 70] })).toEqual([]);
  });

  it('counts ages of exactly 24 h and 168 h as not exceeding, and the future as no age (SLA-63, SLA-119)', async () => {
    expect(await recordOf({ items: aged(24, 168, -3) })).toMatchObject({
      average_age_hours: 64,
      items_exceeding_24h_sla: 1,
      items_requiring_escalation: 0,
    });
  });

  it('never asks for escalation without an item of over 168 h, which is also one over 24 h (SLA-39, SLA-109)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.integer({ min: 0, max: 2000 }).map((tenths) => tenths / 10),
          { maxLength: 12 },
        ),
        async (hours) => {
          const record: Readonly<Record<string, unknown>> = (await recordOf({ items: aged(...hours) })) ?? {};
          const escalated = Number(record['items_requiring_escalation']);
          const late = Number(record['items_exceeding_24h_sla']);
          expect(escalated > 0).toBe(Number(record['oldest_item_hours']) > 168);
          expect([escalated, late]).toEqual([
            hours.filter((each) => each > 168).length,
            hours.filter((each) => each > 24).length,
          ]);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('an alert of the queue', () => {
  const queue: Queue = {
    items: [
      { hours: 50, priority: 'low' },
      { hours: 170, priority: 'normal' },
      { hours: 3, priority: 'urgent' },
      { hours: 5, priority: 'urgent' },
      { hours: 90, priority: 'high' },
      ...aged(...Array.from({ length: 8 }, (_, place) => place + 60)),
    ],
  };

  it('names the ten items that come first, by priority and then age, with a link each (SLA-42, SLA-81)', async () => {
    const alerts = firing(judgedReports(MONITOR, await took(queue)));
    expect(alerts.map(({ alertType }) => alertType)).toEqual(['mrq_age_warning', 'mrq_item_escalation']);
    for (const { payload, facts } of alerts) {
      expect(check('queue-alert', payload)).toBe('sound');
      const items = payload['items'] as { id: string; priority: string; age_hours: number; link: string }[];
      expect(items.map(({ priority, age_hours: hours }) => `${priority} ${hours}`)).toEqual([
        'urgent 5',
        'urgent 3',
        'high 90',
        'normal 170',
        ...[67, 66, 65, 64, 63, 62].map((hours) => `normal ${hours}`),
      ]);
      for (const { id, link } of items) expect(link).toBe(`${UI}${id}`);
      const shown = facts.filter(([name]) => name.startsWith('item_'));
      expect(shown).toHaveLength(10);
      expect(shown[0]?.[1]).toBe(`urgent · cleanup_pdfs · item 4 · blob_refused · 5 h · ${items[0]?.link}`);
      expect(payload).toMatchObject({ total_pending: 13, items_exceeding_24h_sla: 11 });
    }
  });

  it('has no links where nobody says where items are resolved (SLA-42, SLA-81)', async () => {
    const bare = slaMonitor('monitor_manual_resolution_queue');
    const [alert] = firing(judgedReports(bare, await tookWithin(house.db, bare, fill(queue))));
    const items = alert?.payload['items'] as { link: string | null }[];
    expect(items.map(({ link }) => link)).toEqual(Array.from({ length: 10 }, () => null));
    expect(check('queue-alert', alert?.payload)).toBe('sound');
  });

  it.each(['mrq_depth', 'mrq_age', 'mrq_items', 'mrq_resolution_rate'])(
    '%s goes to the operators as well as to whom its severity calls for (SLA-42)',
    (name) => {
      const rule = MONITOR.rules.find((each) => each.rule.name === name)!;
      for (const { severity, runbook } of rule.bands) {
        const [first] = rule.rule.routes[severity]?.tiers ?? [];
        expect(first?.notify).toEqual(['sla-alerts', 'operators']);
        expect(runbook).toBe('https://runbooks.example.org/mrq-overflow');
      }
    },
  );
});

describe('what is kept of the queue', () => {
  it('tells depth by priority, and items by age as a histogram counts them (SLA-75)', async () => {
    const taken = await took({ items: [...aged(0.5, 5, 30, 400), { hours: 2, priority: 'urgent' }] });
    const told = (measure: string, label: string) => {
      const found = taken.find((each) => each.measure === measure);
      const readings = found && 'readings' in found ? found.readings : [];
      return Object.fromEntries(readings.map(({ labels, value }) => [labels[label], value]));
    };
    expect(told('depth_by_priority', 'priority')).toEqual({ urgent: 1, high: 0, normal: 4, low: 0 });
    expect(told('items_by_age', 'le')).toEqual({
      1: 1,
      6: 3,
      12: 3,
      24: 3,
      48: 4,
      72: 4,
      168: 4,
      336: 4,
      '+Inf': 5,
    });
    expect(await valueOf('age_hours_sum', { items: aged(1, 2.5) })).toBe(3.5);
  });
});
