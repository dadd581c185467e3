// What an operator does with an incident from the command line, on real servers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { answer } from '../../src/client/commands/answer.ts';
import { incidents } from '../../src/client/commands/incidents.ts';
import { review } from '../../src/client/commands/review.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { collectText } from '../support/programs/typing.ts';
import { unique } from '../support/stack.ts';

let bell: Bell;
beforeAll(async () => {
  bell = await openBell();
});
afterAll(() => bell.close());

const desk = () => {
  const { stream, text } = collectText();
  const directory = { people: {}, rotations: {} };
  const catalog = { home: { url: bell.engine.url }, directory } as Partial<Catalog> as Catalog;
  return {
    text,
    load: async () => catalog,
    open: async () => ({ catalog, client: bell.client, close: async () => {} }),
    out: stream,
    err: stream,
  };
};

const fire = async (severity: 'warning' | 'critical') => {
  const found = await bell.observe(aReport(aRule({ name: unique('rule') }), severity));
  if (!found) throw new Error('nothing was handed over');
  await eventually('it was told', () => bell.heard.length > 0);
  return found;
};

describe('an operator', () => {
  it('lists what is open with exit 1 while nobody has it, takes it on, and then sees exit 0', async () => {
    await bell.serving(async () => {
      const { number, incident } = await fire('warning');
      const before = desk();
      expect(await incidents(before, {})).toBe(1);
      expect(before.text()).toContain(incident.id);
      const acknowledging = desk();
      expect(
        await answer(acknowledging, { update: 'acknowledge', id: String(number), flags: { by: 'ada' } }),
      ).toBe(0);
      expect(acknowledging.text()).toMatch(/acknowledged by ada/);
      expect(await incidents(desk(), {})).toBe(0);
      expect(await answer(desk(), { update: 'resolve', id: incident.id, flags: { by: 'ada' } })).toBe(0);
      const late = desk();
      expect(await answer(late, { update: 'acknowledge', id: String(number), flags: { by: 'bob' } })).toBe(1);
      expect(late.text()).toMatch(/refused, it is resolved/);
    });
  });

  it('is told when there is no such incident', async () => {
    await expect(answer(desk(), { update: 'acknowledge', id: '999999', flags: {} })).rejects.toThrow(
      /no incident 999999/,
    );
  });
});

describe('a critical incident', () => {
  it('opens a report with timeline and diagnostics that is done only with root cause and resolution (SLA-73)', async () => {
    await bell.serving(async () => {
      const { number } = await fire('critical');
      const id = String(number);
      const draft = desk();
      expect(await review(draft, id, {})).toBe(1);
      expect(draft.text()).toMatch(/## Timeline\n- .* first fired/);
      expect(draft.text()).toMatch(/alert_type: sla_breach_critical/);
      expect(draft.text()).toMatch(/## Root cause\n\(to be written\)/);
      expect(await review(desk(), id, { rootCause: 'a missing index' })).toBe(2);
      expect(
        await review(desk(), id, { rootCause: 'a missing index', resolution: 'created', by: 'ada' }),
      ).toBe(0);
      const done = desk();
      expect(await review(done, id, { json: true })).toBe(0);
      expect(JSON.parse(done.text())).toMatchObject({
        state: 'done',
        rootCause: 'a missing index',
        reviewedBy: 'ada',
      });
    });
  });

  it('opens no report while it is only a warning, and one once it rises', async () => {
    await bell.serving(async () => {
      const { number, incident } = await fire('warning');
      expect(await review(desk(), String(number), {})).toBe(0);
      const [, rule = ''] = incident.id.split('/');
      await bell.observe(aReport(aRule({ name: rule }), 'critical'));
      expect(await review(desk(), String(number), {})).toBe(1);
    });
  });
});
