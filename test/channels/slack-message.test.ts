// The message itself: what a person reads first, and limits that hold whatever the notification holds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slackMessage } from '../../src/channels/slack/message.ts';
import { escapeMrkdwn, link } from '../../src/channels/slack/mrkdwn.ts';
import { refusal } from '../../src/local/fakes/slack-limits.ts';
import { aNotification } from './support.ts';

const shown = (change = {}) => JSON.stringify(slackMessage(aNotification(change)).blocks);

describe('a Slack message', () => {
  it('tells what broke, since when, where to read on, how to acknowledge and what happens next, in this order', () => {
    expect(slackMessage(aNotification()).blocks).toEqual([
      {
        type: 'header',
        text: { type: 'plain_text', text: '🔴 CRITICAL · sla_breach_critical', emoji: true },
      },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: 'cleanup_magic_links used 104.0% of its time budget' },
      },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: [
            '*Since* <!date^1770724800^{date_short_pretty} {time_secs}|2026-02-10 12:00:00 UTC>',
            '*Runbook* <https://runbooks.example.org/sla-breach-critical>',
            '*Acknowledge* `sexton ack 41`',
            '*Next* on-call is paged at 12:30 unless somebody acknowledges',
          ].join('\n'),
        },
      },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: '*Job*  cleanup_magic_links\n*Budget*  5m' },
      },
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'sla-monitoring/budget/41 · tier first' }] },
    ]);
  });

  it('begins its plain text, which a phone shows, with the headline', () => {
    expect(slackMessage(aNotification()).text).toMatch(
      /^CRITICAL: cleanup_magic_links used 104.0% of its time budget\n/,
    );
  });

  it('SLA-74: shows degraded_routing: true', () => {
    expect(shown({ degradedRouting: true })).toContain('degraded_routing: true');
    expect(shown()).not.toContain('degraded_routing');
  });

  it('says so where the state store is unreachable', () => {
    expect(shown({ stateStoreUnreachable: true })).toContain('state store unreachable');
  });

  it('lets no data mention a channel, make a link or end a command early', () => {
    const evil = '<!channel> <https://evil.example|click> & `rm`';
    const text = shown({ summary: evil, next: evil, acknowledge: evil, facts: [[evil, evil]], tier: evil });
    expect(text).not.toContain('<!channel');
    expect(text).not.toContain('<https://evil');
    expect(text).toContain("`&lt;!channel&gt; &lt;https://evil.example|click&gt; &amp; 'rm'`");
  });

  it('links a runbook that is an address, and shows one that is only a name', () => {
    expect(link('https://r.example/a?b=1&c=<2>|"', 250)).toBe(
      '<https://r.example/a?b=1&amp;c=%3C2%3E%7C%22>',
    );
    expect(link('sla-breach-critical', 250)).toBe('sla-breach-critical');
  });

  it('cuts whole facts, and says how many are left out', () => {
    const facts = Array.from({ length: 30 }, (_, index) => [`fact ${index}`, 'x'.repeat(300)] as const);
    expect(shown({ facts })).toMatch(/… and 25 more/);
  });

  it('is never cut inside a character or an entity', () => {
    expect(escapeMrkdwn('ab<cd', 4)).toBe('ab…');
    expect(escapeMrkdwn('a😀b', 3)).toBe('a…');
    expect(escapeMrkdwn('a&b', 100)).toBe('a&amp;b');
  });

  it('stays within every limit of Slack, whatever it is given', () => {
    const nasty = fc.constantFrom(
      '"',
      '\\',
      '&',
      '<',
      '>',
      '\n',
      '\u0000',
      '\u001b',
      '\ud800',
      '😀',
      ' ',
      'x',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(nasty, fc.integer({ min: 0, max: 20_000 })).map(([one, times]) => one.repeat(times)),
      fc.string({ unit: nasty, maxLength: 20_000 }),
    );
    const facts = fc.array(fc.tuple(text, text), { maxLength: 60 });
    const runbook = text.map((path) => `https://runbooks.example.org/${path}`);
    const words = { summary: text, next: text, acknowledge: text, tier: text, alertType: text, since: text };
    const members = fc.record({ firing: fc.nat(), worst: fc.array(text, { maxLength: 10 }) });
    const status = fc.constantFrom('firing', 'acknowledged', 'resolved');
    const more = { severityWord: text, incident: text, action: text, status, endedAt: text, members };
    const change = fc.record({ ...words, ...more, facts, runbook });
    fc.assert(
      fc.property(change, (given) => {
        const flags = { degradedRouting: true, stateStoreUnreachable: true };
        const { text: plain, blocks } = slackMessage(aNotification({ ...given, ...flags }));
        expect(refusal({ text: plain, blocks })).toBeUndefined();
        expect(plain.length).toBeLessThanOrEqual(4_000);
        expect(JSON.stringify(blocks).length).toBeLessThan(13_200);
      }),
      { numRuns: 100 },
    );
  });
});
