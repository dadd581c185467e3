// How a second terminal finds the servers of the `npm start` in its folder.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { announceStack, withAnnouncedStack } from '../../src/local/embedded-env.ts';
import { temporaryFolder } from './support.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'embedded.json');
const SERVERS = {
  TEMPORAL_ADDRESS: '127.0.0.1:7',
  REDIS_URL: 'redis://127.0.0.1:6',
  SHOP__DATABASE_URL: 'postgres://127.0.0.1:5/shop',
  SLACK_WEBHOOK_URL: 'http://127.0.0.1:4/hook',
};

it('a second terminal has every address of the stack, what it states itself excepted, until the stack ends', () => {
  const given = { DATABASE_URL: 'postgres://own/db' };
  const end = announceStack(given, { ...given, ...SERVERS }, file);
  expect(withAnnouncedStack({}, file)).toEqual(SERVERS);
  const mine = { ...given, SLACK_WEBHOOK_URL: 'https://hooks.example.org/1' };
  expect(withAnnouncedStack(mine, file)).toEqual({ ...SERVERS, ...mine });
  end();
  expect(withAnnouncedStack(mine, file)).toBe(mine);
});

it.each([
  { TEMPORAL_ADDRESS: 'temporal.example.org:7233' },
  { REDIS_URL: 'rediss://redis.example.org' },
  { SHOP__DATABASE_URL: 'postgres://db.example.org/shop' },
])(
  'a terminal that states a server of another place, %j, gets nothing of the stack: no page of it goes to stand-ins',
  (env) => {
    const end = announceStack({}, SERVERS, file);
    expect(withAnnouncedStack(env, file)).toBe(env);
    end();
  },
);

it('the same addresses, stated, are no other place', () => {
  const end = announceStack({}, SERVERS, file);
  expect(withAnnouncedStack({ REDIS_URL: SERVERS.REDIS_URL }, file)).toEqual(SERVERS);
  end();
});
