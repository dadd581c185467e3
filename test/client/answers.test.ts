// The answers to an incident as they are typed: what each flag means, on real servers.
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { registerAnswers } from '../../src/client/commands/answer.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { unique } from '../support/stack.ts';

const directory = {
  people: { ada: { targets: ['slack:ada'], zone: 'Europe/Berlin' }, bob: { targets: ['slack:bob'] } },
  roles: {},
  rotations: {},
};

let bell: Bell;
beforeAll(async () => {
  bell = await openBell((all) => all, { directory });
});
afterAll(() => bell.close());

/** Types one command line; what it prints, and its exit code. */
const type = async (...words: string[]): Promise<{ readonly code: unknown; readonly text: string }> => {
  const lines: string[] = [];
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const catalog = { home: { url: bell.engine.url }, directory } as Partial<Catalog> as Catalog;
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => lines.push(text) });
  const open = async () => ({ catalog, client: bell.client, close: async () => {} });
  registerAnswers(program, { open, out, err: out });
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeErr: (text) => lines.push(text) });
  process.exitCode = undefined;
  await program.parseAsync(words, { from: 'user' }).catch((error: Error & { exitCode?: number }) => {
    lines.push(error.message);
    process.exitCode = error.exitCode ?? 2;
  });
  const code = process.exitCode;
  process.exitCode = undefined;
  return { code, text: lines.join('') };
};

const fire = async (): Promise<string> => {
  const before = bell.heard.length;
  const found = await bell.observe(aReport(aRule({ name: unique('rule') }), 'critical'));
  if (!found) throw new Error('nothing was handed over');
  await eventually('it was told', () => bell.heard.length > before);
  return String(found.number);
};

const json = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { code, text } = await type(...words, '--json');
  expect({ code, text }).toMatchObject({ code: 0 });
  return JSON.parse(text) as Record<string, unknown>;
};

it('an incident is taken on for so long, given back, put off to a time on a clock, and handed to somebody else', async () => {
  await bell.serving(async () => {
    const id = await fire();
    const taken = await type('ack', id, '--by', 'ada', '--for', '1h');
    expect(taken.code).toBe(0);
    expect(taken.text).toMatch(/acknowledged by ada\n {2}next: .+/);
    const before = bell.heard.length;
    expect((await type('unack', id, '--by', 'ada')).text).toMatch(/open by ada/);
    await eventually('the last tier is told again', () => bell.heard.length > before);

    const snoozed = await json('snooze', id, '--by', 'ada', '--until', 'tomorrow 09:00');
    expect(snoozed).toMatchObject({ status: 'snoozed', by: 'ada' });
    expect(String(snoozed['next'])).toMatch(/^snooze ends at .+ 09:00 Europe\/Berlin/);

    const given = await json('reassign', id, '--by', 'ada', '--to', 'bob');
    expect(given).toMatchObject({ by: 'ada' });
    await eventually('bob is told', () => bell.heard.some(({ address }) => address === 'bob'));
    expect((await type('resolve', id, '--by', 'bob', '--note', 'was a drill')).code).toBe(0);
  });
});

it('a tier that is named is told at once, and one that is not there is refused with its reason', async () => {
  await bell.serving(async () => {
    const id = await fire();
    const refused = await type('escalate', id, '--tier', 'nobody');
    expect(refused.code).toBe(1);
    expect(refused.text).toMatch(/tier must be one that tells somebody \(first notice, page on-call\)/);
    const before = bell.heard.length;
    expect((await type('escalate', id, '--tier', 'page on-call')).code).toBe(0);
    await eventually('on-call is told', () => bell.heard.length > before);
    expect(bell.heard.at(-1)).toMatchObject({ channel: 'webhook', tier: 'page on-call' });
    await type('resolve', id);
  });
});

it.each([
  [['snooze', '1'], 'takes one of --for and --until'],
  [['snooze', '1', '--for', '1h', '--until', 'tomorrow 09:00'], 'takes one of --for and --until'],
  [['ack', '1', '--for', '1h', '--until', 'tomorrow 09:00'], 'takes at most one of --for and --until'],
  [['ack', '1', '--for', 'soon'], 'must be a duration such as 30m or 8h.'],
  [['reassign', '1'], "required option '--to <name>' not specified"],
])('%j is refused before anything is asked: %s', async (words, why) => {
  const { code, text } = await type(...words);
  expect(code).toBe(1);
  expect(text).toContain(why);
});

it('somebody who is not known is refused with those who are', async () => {
  await bell.serving(async () => {
    const id = await fire();
    const refused = await type('reassign', id, '--by', 'ada', '--to', 'carol');
    expect(refused.code).toBe(2);
    expect(refused.text).toMatch(/got carol/);
    await type('resolve', id);
  });
});
