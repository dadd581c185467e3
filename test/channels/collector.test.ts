// The collector judges every timeline of the suite, so it is judged itself.
import { describe, expect, it } from 'vitest';
import { createChannels } from '../../src/channels/index.ts';
import { startFakeSlack } from '../../src/local/fakes/slack.ts';
import { startFakeSmtp } from '../../src/local/fakes/smtp.ts';
import { startWebhookReceiver } from '../../src/local/fakes/webhook-receiver.ts';
import {
  createCollector,
  fromEmail,
  fromLog,
  fromSlack,
  fromWebhook,
  type Notice,
  type Wanted,
} from '../support/alerts/collector.ts';
import { aLog, aNotification, sendBy } from './support.ts';

const TARGETS = [
  'slack:webhook',
  'slack:ops-alerts',
  'webhook:',
  'email:ops@example.org',
  'log:slack:nobody',
];

const at = (minute: number): string => `2026-02-10T12:${`${minute}`.padStart(2, '0')}:00Z`;

const notice = (minute: number, tier: string, channel = 'slack'): Notice => ({
  at: at(minute),
  channel,
  address: 'ops-alerts',
  tier,
  key: `k-${minute}-${tier}`,
  incident: 'p/r/1',
});

const want = (tier: string, from: number, to: number, more: Partial<Wanted> = {}): Wanted => ({
  channel: 'slack',
  tier,
  between: [at(from), at(to)],
  ...more,
});

const judged = (notices: readonly Notice[], wanted: readonly Wanted[]) =>
  createCollector(() => notices).expect(wanted);

describe('a collector', () => {
  it('is content with exactly what was wanted, wherever it comes from', async () => {
    const collector = createCollector(
      () => [notice(30, 'second')],
      async () => [notice(0, 'first')],
    );
    await collector.expect([want('first', 0, 1), want('second', 30, 31, { address: 'ops-alerts' })]);
    expect((await collector.notices()).map(({ tier }) => tier)).toEqual(['first', 'second']);
  });

  it('fails on a notice that is missing, late or in another channel', async () => {
    await expect(judged([], [want('first', 0, 1)])).rejects.toThrow(/missing:\n {2}2026-02-10T12:00/);
    await expect(judged([notice(2, 'first')], [want('first', 0, 1)])).rejects.toThrow(/missing/);
    await expect(judged([notice(0, 'first', 'log')], [want('first', 0, 1)])).rejects.toThrow(/missing/);
    const elsewhere = want('first', 0, 1, { incident: 'p/r/2' });
    await expect(judged([notice(0, 'first')], [elsewhere])).rejects.toThrow(/missing/);
  });

  it('fails on a notice too many, a double too', async () => {
    await expect(judged([notice(0, 'first')], [])).rejects.toThrow(/too many:\n {2}2026-02-10T12:00/);
    const twice = [notice(0, 'first'), notice(0, 'first')];
    await expect(judged(twice, [want('first', 0, 1)])).rejects.toThrow(
      /missing:\n {2}none\ntoo many:\n {2}2026/,
    );
  });

  it('gives overlapping wishes the notices that suit them all', async () => {
    const notices = [notice(1, 'again'), notice(5, 'again')];
    await judged(notices, [want('again', 0, 10), want('again', 0, 2)]);
    await judged(notices, [want('again', 0, 2), want('again', 0, 10)]);
    await expect(judged(notices, [want('again', 0, 2), want('again', 0, 2)])).rejects.toThrow(/missing/);
  });

  it('hears every channel: both of Slack’s ways, the webhook, e-mail and the log', async () => {
    const now = () => Date.parse(at(7));
    const slack = await startFakeSlack({ now });
    const receiver = await startWebhookReceiver({ now });
    const smtp = await startFakeSmtp({ now });
    const log = aLog();
    const { webhookUrl, token: botToken, apiUrl } = slack;
    const settings = {
      slack: { webhooks: { '': webhookUrl }, botToken, apiUrl },
      webhook: { '': receiver },
      email: { smtpUrl: smtp.url, from: 'sexton@example.org' },
    };
    const channels = createChannels({ settings, logger: log.logger });
    for (const target of TARGETS) {
      const [name = '', ...address] = target.split(':');
      await sendBy({ channel: channels[name]!, address: address.join(':') }, aNotification({ key: target }));
    }
    await Promise.all([slack.close(), receiver.close(), smtp.close()]);

    const lines = log.lines.map(({ fields }) => ({ at: at(8), fields }));
    const collector = createCollector(
      fromSlack(slack),
      fromWebhook(receiver),
      fromEmail(smtp),
      fromLog(lines),
    );
    const incident = aNotification().incident;
    await collector.expect([
      want('first', 7, 7, { address: 'webhook', incident }),
      want('first', 7, 7, { address: 'ops-alerts', incident }),
      want('first', 7, 7, { channel: 'webhook', incident }),
      want('first', 7, 7, { channel: 'email', address: 'ops@example.org', incident }),
      want('first', 8, 8, { channel: 'log', address: 'slack:nobody', incident }),
    ]);
    const keys = (await collector.notices()).map(({ key }) => key);
    expect(keys).toEqual(TARGETS);
  });
});
