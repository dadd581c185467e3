// The e-mail itself: what holds whatever the notice holds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailMessage } from '../../src/channels/email/message.ts';
import type { Notification } from '../../src/domain/alerts/notification.ts';
import { aNotification } from './support.ts';

const made = (change: Partial<Notification> = {}, thread?: string) =>
  emailMessage(aNotification(change), { domain: 'example.org', thread });

describe('an e-mail’s subject', () => {
  it('says how bad, what and which incident, and keeps the incident however long the summary is', () => {
    expect(made().subject).toBe(
      '[CRITICAL] cleanup_magic_links used 104.0% of its time budget (sla-monitoring/budget/41)',
    );
    expect(made({ summary: 'x'.repeat(1_000) }).subject).toMatch(
      /^\[CRITICAL\] x+… \(sla-monitoring\/budget\/41\)$/,
    );
    expect(made({ status: 'resolved' }).subject).toMatch(/^\[RESOLVED\] cleanup/);
    expect(made({ status: 'acknowledged' }).subject).toMatch(/^\[ACKNOWLEDGED\] cleanup/);
  });
});

describe('an e-mail’s thread', () => {
  it('has one id per key, the same whenever it is made', () => {
    expect(made().messageId).toBe(made().messageId);
    expect(made({ key: 'another' }).messageId).not.toBe(made().messageId);
    expect(made().messageId).toMatch(/^<[\da-f]{40}@example\.org>$/);
  });

  it('answers to the incident’s first e-mail, and holds together where that is not known', () => {
    const later = made({ key: 'w2' }, made().messageId);
    expect(later.inReplyTo).toBe(made().messageId);
    expect(later.references).toEqual([...made().references, made().messageId]);
    expect(made({ key: 'w2' }).inReplyTo).toBeUndefined();
    expect(made({ incident: 'another/one/2' }).references).not.toEqual(made().references);
  });

  it('takes nothing for an id that is none', () => {
    expect(made({}, 'first@example.org\r\nBcc: all@example.org').inReplyTo).toBeUndefined();
  });
});

it('an e-mail holds no second header line, no markup and nothing to fetch, whatever it is given', () => {
  const nasty = fc.constantFrom(
    '\r\nBcc: x@y.z',
    '\n',
    '<img src=x>',
    '<script>',
    '&',
    '"',
    "'",
    '\u0000',
    '😀',
    'a',
  );
  const text = fc.string({ unit: nasty, maxLength: 400 });
  const words = { summary: text, next: text, action: text, acknowledge: text, tier: text, key: text };
  const more = {
    incident: text,
    severityWord: text,
    alertType: text,
    runbook: fc.oneof(
      text,
      text.map((end) => `https://r.example/${end}`),
    ),
    facts: fc.array(fc.tuple(text, text), { maxLength: 20 }),
    members: fc.record({ firing: fc.nat(), worst: fc.array(text, { maxLength: 5 }) }),
    status: fc.constantFrom('firing', 'acknowledged', 'resolved'),
  } as const;
  const change = fc.record({ ...words, ...more });
  fc.assert(
    fc.property(change, (given) => {
      const { subject, headers, messageId, references, html } = made(given);
      for (const line of [subject, messageId, ...references, ...Object.values(headers)]) {
        expect(line.split('').filter((each) => each < ' ')).toEqual([]);
      }
      expect(html).not.toMatch(/<(img|script|link|iframe)|<[^>]*(\ssrc=|url\()/i);
      expect(html.match(/href="(?!https:\/\/r\.example\/)/)).toBeNull();
    }),
    { numRuns: 100 },
  );
});
