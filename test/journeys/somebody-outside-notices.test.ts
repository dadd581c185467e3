// The dead man's switch in a whole house: beats come while a canary passes from its schedule to the log, and whatever
// dies, the worker, Temporal or Postgres, they stop. All of it back, they come again by themselves.
import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type FakeServer, serveFake, textReply } from '../../src/local/fakes/http.ts';
import { eventually } from '../support/eventually.ts';
import { type House, openHouse, ROOT } from '../support/programs/house.ts';
import { SLACK_SECONDS, scheduleQuickCanary } from '../support/programs/quick-canary.ts';

let house: House;
let receiver: FakeServer;
let worker: ChildProcess;
let stderr = '';
const beats: number[] = [];
beforeAll(async () => {
  receiver = await serveFake(({ method }) => {
    if (method === 'GET') beats.push(Date.now());
    return textReply(200, 'OK');
  });
  house = await openHouse(
    { HEARTBEAT_URL: `${receiver.origin}/ping`, HEARTBEAT_SECONDS: '1' },
    { temporalDbFile: true },
  );
  await scheduleQuickCanary(house.client, house.catalog);
  worker = startWorker();
});
afterAll(async () => {
  worker.kill('SIGKILL');
  await house.close();
  await receiver.close();
});

const startWorker = (): ChildProcess => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/programs/quick-heart.ts'], {
    cwd: ROOT,
    env: { ...house.env, BUNDLE: inject('bundlePath') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return child;
};

const beating = (): Promise<unknown> => {
  const before = beats.length;
  return eventually('beats come', () => beats.length >= before + 3, { withinMs: 120_000 });
};

/** Seconds from `since` to the last beat, once none has come for as long as many periods take. */
const silent = async (since: number): Promise<number> => {
  await eventually('no beat comes', () => Date.now() - Math.max(since, beats.at(-1) ?? 0) > 5_000, {
    withinMs: 90_000,
  });
  return ((beats.at(-1) ?? 0) - since) / 1000;
};

it('beats while a canary comes through, and no incident of it piles up', async () => {
  await beating();
  const { rows } = await house.home.query(
    `SELECT count(*) FILTER (WHERE state <> 'closed')::int AS open, count(*)::int AS all FROM sexton.incident WHERE rule = 'canary'`,
  );
  expect(rows[0].all).toBeGreaterThan(0);
  expect(rows[0].open).toBeLessThan(4);
}, 150_000);

it('stops at once where the only worker is killed, and goes on with another', async () => {
  const at = Date.now();
  worker.kill('SIGKILL');
  expect(await silent(at)).toBeLessThan(0.5);
  worker = startWorker();
  await beating();
}, 240_000);

it('stops where Temporal is away, once no canary has come for its period and slack; and says so', async () => {
  const at = Date.now();
  await house.stack.halt('temporal');
  // Every 3 s, told in a moment: what is left is the look at it, once a second.
  expect(await silent(at)).toBeLessThan(3 + SLACK_SECONDS + 5);
  expect(stderr).toMatch(/heartbeat: none is sent; .*canary/);
  await house.stack.launch('temporal');
  await beating();
}, 240_000);

it('stops at once where Postgres is away, and says so', async () => {
  const at = Date.now();
  await house.stack.halt('postgres');
  expect(await silent(at)).toBeLessThan(2);
  expect(stderr).toContain('the home database does not tell how things stand');
  await house.stack.launch('postgres');
  await beating();
}, 240_000);
