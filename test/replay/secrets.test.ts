// Histories live as long as the namespace keeps them and are read by many: names travel in them, addresses and
// secrets never do.
import { randomBytes } from 'node:crypto';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { recordedHistories, textsIn } from '../support/histories.ts';
import { firstStep } from '../support/jobs/steps.ts';
import { type House, openHouse } from '../support/programs/house.ts';
import { unique } from '../support/stack.ts';

/** Credentials in an address, and the schemes of addresses that only this process' environment knows. */
const ADDRESS = /\b(postgres(ql)?|rediss?|smtps?):\/\/|:\/\/[^/\s"]*:[^/\s"]*@/;

const password = (url: string | undefined): string => decodeURIComponent(new URL(String(url)).password);

describe('no recorded history', () => {
  it.each(recordedHistories())('holds an address or a secret: $name', ({ history }) => {
    const texts = textsIn(history);
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter((text) => ADDRESS.test(text))).toEqual([]);
    expect(texts.filter((text) => text.includes(password(inject('postgresUrl'))))).toEqual([]);
  });
});

describe('a payload', () => {
  it('would be caught holding one, however deep it lies', () => {
    const data = Buffer.from(JSON.stringify({ url: 'postgresql://u:geheim@db/app' })).toString('base64');
    const texts = textsIn({ events: [{ a: { input: { payloads: [{ metadata: {}, data }] } } }] });
    expect(texts.some((text) => ADDRESS.test(text) && text.includes('geheim'))).toBe(true);
  });
});

describe('the history of a real run', () => {
  const secrets = {
    PAGERDUTY_API_KEY: randomBytes(16).toString('hex'),
    PAGERDUTY_SERVICE_ID: unique('service'),
    BLOB_READ_WRITE_TOKEN: unique('blob'),
    SENTRY_DSN: `https://${unique('sentry')}@127.0.0.1:1/7`,
    SLACK_WEBHOOK_URL: `http://127.0.0.1:1/${unique('slack')}`,
  };
  let house: House;
  beforeAll(async () => {
    house = await openHouse(secrets);
    await house.seed();
    house.worker();
  });
  afterAll(() => house.close());

  it('that completed, one that was blocked and a dry run hold no address and no secret of the environment', async () => {
    const job = house.job('cleanup_magic_links');
    const { snapshot } = job;
    const step = firstStep(snapshot);
    const where = 'no_such_column';
    const blocked = { ...step, selection: { ...step.selection, where } };
    const handles = [
      await house.start(job),
      await house.start({ ...job, snapshot: { ...snapshot, lockKey: unique('lock'), steps: [blocked] } }),
    ];
    const outcomes = await Promise.allSettled(handles.map((handle) => handle.result()));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);

    const texts = (
      await Promise.all(handles.map(async (handle) => JSON.parse(historyToJSON(await handle.fetchHistory()))))
    ).flatMap(textsIn);
    expect(texts.some((text) => text.includes('cleanup_magic_links'))).toBe(true);
    const known = [
      ...Object.values(secrets),
      String(house.env['REDIS_URL']),
      password(house.env['SLA_MONITORING__DATABASE_URL']),
    ];
    for (const secret of known) {
      expect(secret.length).toBeGreaterThan(8);
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
    expect(texts.filter((text) => ADDRESS.test(text))).toEqual([]);
  });
});
