// Whatever dies, and however: its servers end and their data goes.
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesOf } from '../../src/local/run-folder.ts';
import { eventually } from '../support/eventually.ts';
import type { HoldOptions } from './support.ts';
import { holdStack, nothingIsLeft, ownCache, withDescendants } from './support.ts';

const small = ['postgres', 'redis'];
let cache = '';
let remove = () => {};

beforeEach(() => {
  ({ cache, remove } = ownCache());
});
afterEach(() => remove());

const started = async (options: Omit<HoldOptions, 'cache'>) => {
  const held = holdStack({ cache, ...options });
  const { pids, supervisor } = await held.up();
  // Else the check afterwards, which looks by command line too, would prove nothing.
  expect(processesOf(join(cache, 'run'))).toEqual(
    expect.arrayContaining([...Object.values(pids), supervisor]),
  );
  return { ...held, servers: pids, supervisor, pids: withDescendants(supervisor) };
};

describe('nothing is left running', () => {
  it('after an orderly stop', async () => {
    const { child, pids } = await started({ only: small });
    child.stdin?.write('stop\n');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await nothingIsLeft({ cache, pids });
  });

  it.each([1, 2, 3])('after kill -9 of the process that holds the stack (time %i)', async () => {
    const { child, pids } = await started({ only: small });
    child.kill('SIGKILL');
    await nothingIsLeft({ cache, pids });
  });

  it('after kill -9 of the process that holds all three servers', async () => {
    const { child, pids, servers } = await started({});
    expect(Object.keys(servers).toSorted()).toEqual(['postgres', 'redis', 'temporal']);
    child.kill('SIGKILL');
    await nothingIsLeft({ cache, pids });
  });

  it.each([1, 2, 3])(
    'after kill -9 while the servers are being started (%i processes so far)',
    async (count) => {
      const { child } = holdStack({ cache });
      await eventually('so many run', () => processesOf(join(cache, 'run')).length >= count, { everyMs: 5 });
      child.kill('SIGKILL');
      await nothingIsLeft({ cache, pids: [] });
    },
  );

  it('after the process that holds the stack throws', async () => {
    const { child, pids } = await started({ only: small });
    child.stdin?.write('throw\n');
    await once(child, 'exit');
    await nothingIsLeft({ cache, pids });
  });

  it('after kill -9 of the supervisor, and the holder is told of it', async () => {
    const { child, pids, supervisor, said } = await started({ only: small });
    process.kill(supervisor, 'SIGKILL');
    await nothingIsLeft({ cache, pids });
    await eventually('it was told', () =>
      said.some((line) => line.includes('supervisor of the servers was killed')),
    );
    child.kill('SIGKILL');
  });

  it('once the next stack is started, after kill -9 of everything that could have tidied up', async () => {
    const first = await started({ only: small });
    process.kill(first.supervisor, 'SIGSTOP');
    first.child.kill('SIGKILL');
    process.kill(first.supervisor, 'SIGKILL');
    await eventually('servers without anybody', () => processesOf(join(cache, 'run')).length >= 2);
    const second = await started({ only: ['redis'] });
    await eventually('only the second one runs', () => readdirSync(join(cache, 'run')).length === 1);
    second.child.stdin?.write('stop\n');
    await nothingIsLeft({ cache, pids: [...first.pids, ...second.pids] });
  });

  it('and Ctrl-C in the terminal leaves the servers to the process that holds them', async () => {
    const { child, supervisor, pids } = await started({ only: small });
    process.kill(supervisor, 'SIGINT');
    process.kill(supervisor, 'SIGHUP');
    child.stdin?.write('stop\n');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await nothingIsLeft({ cache, pids });
  });
});
