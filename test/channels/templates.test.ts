// What every channel makes of the same notices, as files to be read: test/channels/templates/. A change of words
// shows there; `npx vitest run test/channels/templates.test.ts --update` writes them anew.
import { describe, expect, it } from 'vitest';
import { emailMessage } from '../../src/channels/email/message.ts';
import { slackMessage } from '../../src/channels/slack/message.ts';
import { plainText } from '../../src/channels/text.ts';
import { alertmanagerMessage } from '../../src/channels/webhook/alertmanager.ts';
import type { Notification } from '../../src/domain/alerts/notification.ts';
import { SAMPLES } from './samples.ts';

const NOW = Date.parse('2026-02-10T13:00:00Z');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const email = (notification: Notification) =>
  emailMessage(notification, { domain: 'example.org', thread: '<first@example.org>' });

const TEMPLATES: Readonly<Record<string, (notification: Notification) => string>> = {
  'plain.txt': (notification) => `${plainText(notification)}\n`,
  'slack.txt': (notification) => json(slackMessage(notification).blocks),
  'email-headers.txt': (notification) => json({ ...email(notification), text: undefined, html: undefined }),
  'email.html': (notification) => email(notification).html,
  'alertmanager.txt': (notification) =>
    json(alertmanagerMessage(notification, { target: 'webhook:shop', nowMs: NOW })),
};

const every = Object.entries(SAMPLES);

describe.each(Object.entries(TEMPLATES))('%s', (ending, render) => {
  it.each(every)('says of %s what stands in its file', async (name, notification) => {
    await expect(render(notification)).toMatchFileSnapshot(`templates/${name}.${ending}`);
  });
});

const WORDS = [
  ['plain text', plainText],
  ['Slack', (notification: Notification) => json(slackMessage(notification).blocks)],
  ['e-mail', (notification: Notification) => email(notification).html],
] as const;

describe.each(WORDS)('in %s', (_, render) => {
  it('one that fires says what broke, how bad, what to do first, where to read on and how to acknowledge', () => {
    const text = render(SAMPLES['short']!);
    for (const word of [
      'CRITICAL',
      'cleanup_magic_links used 104.0% of its time budget',
      'Stop the export that holds the table',
      'https://runbooks.example.org/sla-breach-critical',
      'sexton ack 41',
      'on-call is paged at 12:30',
    ]) {
      expect(text).toContain(word);
    }
    expect(text.indexOf('Do first')).toBeLessThan(text.indexOf('Acknowledge'));
  });

  it('one that is resolved says how long it lasted and that nothing follows, and asks nobody for anything', () => {
    const text = render(SAMPLES['resolved']!);
    expect(text).toContain('RESOLVED');
    expect(text).toContain('12m30s');
    expect(text).toContain('nothing follows');
    expect(text).not.toContain('sexton ack');
    expect(text).not.toContain('Do first');
  });

  it('one that somebody has says so, and not how to acknowledge it once more', () => {
    const text = render(SAMPLES['acknowledged']!);
    expect(text).toContain('ACKNOWLEDGED');
    expect(text).toContain('ana');
    expect(text).not.toContain('sexton ack');
  });

  it('a group says how many fire and which are the worst', () => {
    const text = render(SAMPLES['group']!);
    expect(text).toContain('120 firing, the worst:');
    expect(text).toContain('db-2 is 98 % full');
  });
});
