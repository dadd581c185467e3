// What an operator does with a message that no channel took, from the command line, on real servers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { ChannelError } from '../../src/channels/channel.ts';
import { deadLetters, dropLetter, retryDeadLetter } from '../../src/client/commands/deadletters.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aPolicy, aRule } from '../support/alerts/policies.ts';
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
  const catalog = { home: { url: bell.engine.url } } as Catalog;
  const open = async () => ({ catalog, client: bell.client, close: async () => {} });
  return { text, load: async () => catalog, open, out: stream, err: stream };
};

describe('an operator', () => {
  it('sees a dead letter with exit 1, sends it again under its key, and puts another aside', async () => {
    await bell.serving(async () => {
      bell.onSend(async () => {
        throw new ChannelError('wrong token', { recoverable: false });
      });
      const tiers = [{ name: 'first', afterSeconds: 0, notify: ['webhook', 'slack:ops'] }] as const;
      const routes = { critical: aPolicy({ tiers, people: {} }) };
      const found = await bell.observe(aReport(aRule({ name: unique('rule'), routes }), 'critical'));
      const number = found?.number ?? 0;
      await eventually(
        'both are dead',
        async () => (await deadLetters(desk(), {})) === 1 && bell.heard.length === 2,
      );
      const listed = desk();
      await eventually('both are listed', async () => {
        const again = desk();
        await deadLetters(again, { json: true });
        return JSON.parse(again.text()).deadletters.length === 2;
      });
      expect(await deadLetters(listed, { json: true })).toBe(1);
      const { deadletters } = JSON.parse(listed.text());
      expect(deadletters.map(({ id }: { id: string }) => id).toSorted()).toEqual([
        `${number}/w1/slack:ops`,
        `${number}/w1/webhook`,
      ]);

      const refused = desk();
      expect(await retryDeadLetter(refused, `${number}/w1/webhook`, { by: 'ada' })).toBe(1);
      expect(refused.text()).toContain('not sent: wrong token');
      bell.onSend(undefined);
      bell.heard.length = 0;
      expect(await retryDeadLetter(desk(), `${number}/w1/webhook`, { by: 'ada' })).toBe(0);
      expect(bell.heard).toMatchObject([{ channel: 'webhook', retry: true }]);
      expect(bell.heard[0]?.key).toMatch(/\/w1\/webhook$/);

      expect(await dropLetter(desk(), `${number}/w1/slack:ops`, { by: 'ada' })).toBe(0);
      expect(await deadLetters(desk(), {})).toBe(0);
      await expect(retryDeadLetter(desk(), `${number}/w1/slack:ops`, {})).rejects.toThrow('no dead letter');
      await bell.client.workflow.getHandle(found?.workflowId ?? '').terminate();
    });
  });
});
