// `sexton notify test` tries a channel with a message that says it is a drill.
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerNotify } from '../../src/client/commands/notify.ts';
import type { Env } from '../../src/config/env.ts';
import { type FakePagerDuty, startFakePagerDuty } from '../../src/local/fakes/pagerduty.ts';
import { type FakeSentry, startFakeSentry } from '../../src/local/fakes/sentry.ts';

let pagerDuty: FakePagerDuty;
let sentry: FakeSentry;
let env: Env;
beforeEach(async () => {
  pagerDuty = await startFakePagerDuty();
  sentry = await startFakeSentry();
  env = {
    PAGERDUTY_ROUTING_KEY: pagerDuty.routingKey,
    PAGERDUTY_API_URL: pagerDuty.apiUrl,
    SENTRY_DSN: sentry.dsn,
  };
});
afterEach(async () => {
  process.exitCode = undefined;
  await Promise.all([pagerDuty.close(), sentry.close()]);
});

const notifyTest = async (...args: readonly string[]) => {
  const said = { out: '', err: '' };
  const to = (name: 'out' | 'err') => ({
    write: (part: string | Uint8Array) => Boolean((said[name] += String(part))),
  });
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  registerNotify(program, { env, out: to('out'), err: to('err') });
  program.commands.flatMap(({ commands }) => commands).forEach((each) => void each.exitOverride());
  await program.parseAsync(['notify', 'test', ...args], { from: 'user' });
  const code = process.exitCode;
  process.exitCode = undefined;
  return { ...said, code };
};

describe('sexton notify test', () => {
  it('DIAG-48: --channel pagerduty --resolve triggers a test event, marked as a drill, and resolves it', async () => {
    const { out, err, code } = await notifyTest('--channel', 'pagerduty', '--resolve');
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(out).toMatch(
      /^pagerduty took the drill \(sexton\/drill\/\S+\).*\npagerduty was told that it is over\n$/,
    );
    expect(pagerDuty.events.map(({ effect }) => effect)).toEqual(['paged', 'resolved']);
    expect(pagerDuty.pages()[0]?.payload['summary']).toMatch(/^DRILL: This is a drill, nothing is wrong/);
  });

  it('wakes somebody each time, and says what it leaves open', async () => {
    const first = await notifyTest('--channel', 'pagerduty');
    await notifyTest('--channel', 'pagerduty');
    expect(first.out).toContain('stays open there until somebody resolves it');
    expect(pagerDuty.events.map(({ effect }) => effect)).toEqual(['paged', 'paged']);
  });

  it('works for channels that cannot resolve, and says so', async () => {
    const { out, code } = await notifyTest('--channel', 'sentry', '--resolve');
    expect(code).toBe(0);
    expect(out).toContain('nothing to resolve');
    expect(sentry.events.map(({ payload }) => String(payload['message']))).toEqual([
      expect.stringMatching(/^DRILL: .*nothing is wrong.*sentry/),
    ]);
    expect((await notifyTest('--channel', 'log')).err).toMatch(/^DRILL: This is a drill/);
  });

  it('--json prints one object, whatever came of it', async () => {
    const json = async (...args: readonly string[]) => JSON.parse((await notifyTest(...args, '--json')).out);
    expect(await json('--channel', 'pagerduty', '--resolve')).toEqual({
      target: 'pagerduty',
      outcome: 'taken',
      id: expect.stringMatching(/^sexton\/drill\//),
      resolved: true,
    });
    expect(await json('--channel', 'slack:ops')).toMatchObject({ target: 'slack:ops', outcome: 'refused' });
  });

  it('exits with 2 where somebody must change something, and with 3 where nobody answered', async () => {
    expect(await notifyTest('--channel', 'slack:ops')).toMatchObject({ code: 2, out: '' });
    pagerDuty.fail({ next: 1, with: 'refused' });
    const refused = await notifyTest('--channel', 'pagerduty');
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('check PAGERDUTY_ROUTING_KEY');
    pagerDuty.fail({ next: 1, with: 'ratelimited' });
    expect(await notifyTest('--channel', 'pagerduty')).toMatchObject({ code: 3, out: '' });
  });

  it('tells what is wrong with the variables before it sends anything, and refuses what is no target', async () => {
    env = { ...env, PAGERDUTY_ROUTING_KEY: 'geheim' };
    await expect(notifyTest('--channel', 'pagerduty')).rejects.toThrow(/PAGERDUTY_ROUTING_KEY: must be/);
    await expect(notifyTest('--channel', 'carrier-pigeon')).rejects.toThrow('must be in a known channel');
    expect(pagerDuty.events).toEqual([]);
  });
});
