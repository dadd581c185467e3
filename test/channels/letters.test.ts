// What every channel that takes letters promises of one, whichever provider is behind it; and that those for alarms take none.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Posting } from '../../src/channels/channel.ts';
import { letterEmail } from '../../src/channels/email/letter.ts';
import { letterSlack } from '../../src/channels/slack/letter.ts';
import { type Letter, letterText } from '../../src/domain/letters/letter.ts';
import { errorOf, HARNESSES, type Harness, type Trouble } from './support.ts';

const aLetter = (change: Partial<Letter> = {}): Letter => ({
  key: 'digest/garden/weekly/2026-02-09T07:00:00.000Z',
  pack: 'garden',
  kind: 'digest',
  name: 'weekly',
  subject: 'The garden this week (garden)',
  at: '2026-02-09T07:00:00.000Z',
  parts: [
    {
      title: 'Beds & <gates>',
      lines: ['Weeds grew by *12 %*.'],
      table: 'day         weeds\n2026-02-08   2.00',
      html: '<table><tr><td>2.00</td></tr></table><svg xmlns="http://www.w3.org/2000/svg"></svg>',
    },
  ],
  closing: ['Review the runbooks.', 'https://runbooks.example.org/weekly'],
  payload: { status: 'healthy' },
  ...change,
});

const long = (length: number): string => '<&>"é😀`*\n'.repeat(length / 8);

const aGiant = (): Letter =>
  aLetter({
    subject: long(2_000),
    parts: Array.from({ length: 60 }, (_, place) => ({
      title: `${place} ${long(500)}`,
      lines: Array.from({ length: 20 }, () => long(800)),
      table: long(20_000),
    })),
    closing: [long(5_000)],
  });

const post = ({ channel, address }: Harness, letter = aLetter(), change: Partial<Posting> = {}) => {
  if (!channel.post) throw new Error('it takes no letters');
  return channel.post({ letter, address, signal: new AbortController().signal, retry: false, ...change });
};

const TROUBLES: readonly (readonly [Trouble, object])[] = [
  ['ratelimited', { recoverable: true, unclear: false }],
  ['http-500', { recoverable: true, unclear: true }],
  ['refused', { recoverable: false }],
];

const TAKING = HARNESSES.filter(([name]) => !/pagerduty|sentry/.test(name));

it.each(HARNESSES.filter(([name]) => /pagerduty|sentry/.test(name)))(
  '%s, which wakes people, takes no letters',
  async (_, start) => {
    const harness = await start();
    expect('post' in harness.channel).toBe(false);
    await harness.close();
  },
);

describe.each(TAKING)('%s', (_, start) => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await start();
  });
  afterEach(() => harness.close());

  it('brings a letter to its provider, with its key and its subject (DRAFT-101)', async () => {
    const receipt = await post(harness);
    expect(receipt.possiblyDoubled).toBeUndefined();
    expect(harness.taken()).toHaveLength(1);
    expect(harness.taken()[0]?.key).toBe(aLetter().key);
    expect(harness.taken()[0]?.text).toContain('The garden this week');
  });

  it('sends the same key on a retry, and doubles nothing unless it says that it may have', async () => {
    await post(harness);
    const receipt = await post(harness, aLetter(), { retry: true });
    expect(new Set(harness.taken().map(({ key }) => key))).toEqual(new Set([aLetter().key]));
    expect(harness.taken()).toHaveLength(harness.doublesByKey ? 1 : 2);
    expect(receipt.possiblyDoubled ?? false).toBe(!harness.doublesByKey);
  });

  it('takes a giant within what its provider takes', async () => {
    await post(harness, aGiant());
    expect(harness.taken()).toHaveLength(1);
  });
});

it.each(
  TAKING.filter(([name]) => name !== 'log').flatMap(([name, start]) =>
    TROUBLES.map(([trouble, wanted]) => [name, trouble, wanted, start] as const),
  ),
)('%s says of %s what may be done about it', async (_, trouble, wanted, start) => {
  const harness = await start();
  harness.fail?.(trouble);
  expect(await errorOf(post(harness))).toMatchObject(wanted);
  await harness.close();
});

describe('a letter', () => {
  it('is plain text in the order in which it is read', () => {
    expect(letterText(aLetter()).split('\n')).toEqual([
      'The garden this week (garden)',
      '2026-02-09 07:00 UTC',
      '',
      'Beds & <gates>',
      '- Weeds grew by *12 %*.',
      '',
      'day         weeds',
      '2026-02-08   2.00',
      '',
      'Review the runbooks.',
      'https://runbooks.example.org/weekly',
    ]);
  });

  it('is an e-mail with its table and chart, of which no text opens an element or loads anything (DRAFT-101)', () => {
    const { html, text, headers, subject } = letterEmail(aLetter(), 'example.org');
    expect(subject).toBe('The garden this week (garden)');
    expect(html).toContain('<h2 style="margin:20px 0 8px;font-size:17px">Beds &amp; &lt;gates&gt;</h2>');
    expect(html).toContain('<table><tr><td>2.00</td></tr></table><svg');
    expect(html).toContain('<a href="https://runbooks.example.org/weekly">');
    expect(html.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/src=|<script|url\(/);
    expect(text).toContain('Weeds grew');
    expect(headers['Auto-Submitted']).toBe('auto-generated');
    expect(letterEmail(aLetter(), 'example.org').messageId).toBe(
      letterEmail(aLetter(), 'example.org').messageId,
    );
  });

  it('is a Slack message whose tables keep their columns and whose text mentions nobody', () => {
    const { blocks } = letterSlack(
      aLetter({ parts: [{ title: '<!channel>', lines: ['@here <x>'], table: 'a ```b' }] }),
    );
    const shown = JSON.stringify(blocks);
    expect(shown).toContain("```\\na '''b\\n```");
    expect(shown).toContain('&lt;!channel&gt;');
    expect(shown).not.toContain('<!channel>');
  });

  it('stays within Slack’s limits whatever it holds', () => {
    const { blocks, text } = letterSlack(aGiant());
    expect(text.length).toBeLessThanOrEqual(4_000);
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(13_200);
    for (const block of blocks) {
      const { text: inner } = (block['text'] ?? { text: '' }) as { readonly text: string };
      expect(inner.length).toBeLessThanOrEqual(block['type'] === 'header' ? 150 : 3_000);
    }
  });
});
