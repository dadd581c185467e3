// What every channel promises, whichever provider is behind it. A new one adds a harness and nothing else.
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChannels } from '../../src/channels/index.ts';
import { CHANNEL_NAMES } from '../../src/domain/alerts/channels.ts';
import type { Notification } from '../../src/domain/alerts/notification.ts';
import { aLog, aNotification, errorOf, HARNESSES, type Harness, sendBy, type Trouble } from './support.ts';

const long = (length: number): string => '<&>"é😀\n'.repeat(length / 8);

const aGiant = (): Notification =>
  aNotification({
    alertType: long(1_000),
    summary: long(100_000),
    next: long(100_000),
    tier: long(5_000),
    acknowledge: long(5_000),
    runbook: `https://runbooks.example.org/${long(5_000)}`,
    facts: Array.from({ length: 500 }, (_, index) => [`fact ${index} ${long(400)}`, long(10_000)] as const),
    payload: { rows: long(200_000) },
  });

const TROUBLES: readonly (readonly [Trouble, object])[] = [
  ['ratelimited', { recoverable: true, unclear: false, retryAfterMs: 30_000 }],
  ['http-500', { recoverable: true, unclear: true }],
  ['reset-after-post', { recoverable: true, unclear: true }],
  ['timeout', { recoverable: true, unclear: true }],
  ['refused', { recoverable: false, unclear: false }],
];

/** Runs out only where no answer will ever come. */
const patience = (trouble: Trouble, { reached }: Harness): AbortSignal => {
  if (trouble !== 'timeout') return new AbortController().signal;
  if (!reached) return AbortSignal.timeout(200);
  const caller = new AbortController();
  void reached().then(() => caller.abort(new DOMException('late', 'TimeoutError')));
  return caller.signal;
};

it('every channel that a declaration may name is there, and under its own name', () => {
  const settings = {
    slack: { botToken: 't' },
    webhook: { '': { url: 'http://localhost', secret: 's' } },
    email: { smtpUrl: 'smtp://localhost', from: 'sexton@example.org' },
    pagerduty: { routingKeys: { '': 'k' } },
    sentry: { dsn: 'https://k@localhost/1', checkIns: false },
  };
  const channels = createChannels({ settings, logger: aLog().logger });
  expect(Object.keys(channels).toSorted()).toEqual(CHANNEL_NAMES.toSorted());
  for (const [name, channel] of Object.entries(channels)) expect(channel.name).toBe(name);
  expect(new Set(HARNESSES.map(([name]) => name.split(':')[0]))).toEqual(new Set(CHANNEL_NAMES));
});

describe.each(HARNESSES)('%s', (_, start) => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await start();
  });
  afterEach(() => harness.close());

  it('brings a notification to its provider, with its key and what broke in words', async () => {
    const receipt = await sendBy(harness);
    expect(receipt.possiblyDoubled).toBeUndefined();
    expect(harness.taken()).toHaveLength(1);
    const [taken] = harness.taken();
    expect(taken?.key).toBe(aNotification().key);
    expect(taken?.text).toContain('CRITICAL: cleanup_magic_links used 104.0% of its time budget');
  });

  it('sends the same key on a retry, and doubles nothing unless it says that it may have', async () => {
    await sendBy(harness);
    const receipt = await sendBy(harness, aNotification(), { retry: true });
    const keys = harness.taken().map(({ key }) => key);
    expect(new Set(keys)).toEqual(new Set([aNotification().key]));
    expect(keys).toHaveLength(harness.doublesByKey ? 1 : 2);
    expect(receipt.possiblyDoubled ?? false).toBe(!harness.doublesByKey);
  });

  it('cuts a giant down to what people can read instead of failing', async () => {
    await sendBy(harness, aGiant());
    expect(harness.taken()).toHaveLength(1);
    expect(harness.taken()[0]?.text.length).toBeLessThanOrEqual(8_000);
    expect(harness.taken()[0]?.text).toMatch(/…/);
  });

  it('sends nothing once it is called off', async () => {
    const error = await errorOf(sendBy(harness, aNotification(), { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ recoverable: true, unclear: false });
    expect(harness.taken()).toEqual([]);
  });
});

describe.each(HARNESSES.filter(([name]) => name !== 'log'))('%s, in trouble', (_, start) => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await start();
  });
  afterEach(() => harness.close());

  const failedSend = (trouble: Trouble) => {
    harness.fail?.(trouble);
    return errorOf(sendBy(harness, aNotification(), { signal: patience(trouble, harness) }));
  };

  it.each(TROUBLES)('says of %s what may be done about it, and tries once only', async (trouble, wanted) => {
    const error = await failedSend(trouble);
    expect(error).toMatchObject({ ...wanted, ...(harness.namesNoWait && { retryAfterMs: undefined }) });
    expect(harness.taken().length).toBe(trouble === 'reset-after-post' ? 1 : 0);
    expect(error.message).toMatch(/; .*(later|may have|check|name)/);
  });

  it.each(TROUBLES)('shows no secret and no address of the provider after %s', async (trouble) => {
    const error = await failedSend(trouble);
    const shown = inspect(error, { depth: 10, showHidden: true });
    for (const secret of harness.secrets) expect(shown).not.toContain(secret);
  });

  it('shows no secret in a receipt', async () => {
    const shown = JSON.stringify([await sendBy(harness), await sendBy(harness, undefined, { retry: true })]);
    for (const secret of harness.secrets) expect(shown).not.toContain(secret);
  });

  it('is well again after trouble: the retry arrives once, or says that it may have come twice', async () => {
    expect((await failedSend('reset-after-post')).unclear).toBe(true);
    const receipt = await sendBy(harness, aNotification(), { retry: true });
    expect(harness.taken()).toHaveLength(harness.doublesByKey ? 1 : 2);
    expect(receipt.possiblyDoubled ?? false).toBe(!harness.doublesByKey);
  });

  it('ends as soon as it is called off, and owns that the message may be out', async () => {
    harness.fail?.('timeout');
    const caller = new AbortController();
    const sending = errorOf(sendBy(harness, aNotification(), { signal: caller.signal }));
    if (harness.reached) void harness.reached().then(() => caller.abort());
    else setTimeout(() => caller.abort(), 50);
    expect(await sending).toMatchObject({ recoverable: true, unclear: true });
  });

  it('says that nobody was reached where nobody listens, which is not unclear', async () => {
    await harness.close();
    const error = await errorOf(sendBy(harness));
    expect(error).toMatchObject({ recoverable: true, unclear: false });
    expect(error.message).toContain('ECONNREFUSED');
    harness = await start();
  });
});
