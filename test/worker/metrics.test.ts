// SEXTON_METRICS_ADDRESS: a worker serves its metrics there, under the names that the dashboard asks for, and the
// container's health check reads them.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import dashboard from '../../docker/grafana/dashboards/worker-health.json' with { type: 'json' };
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import { findJob } from '../../src/catalog/catalog.ts';
import { loadConfigFile } from '../../src/catalog/load.ts';
import { applyDifferences } from '../../src/client/sync/sync.ts';
import { readEngineEnv } from '../../src/config/engine-env.ts';
import type { Env } from '../../src/config/env.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { metricsAddress } from '../../src/config/worker-env.ts';
import { eventually } from '../support/eventually.ts';
import { runCommand, sexton } from '../support/programs/command.ts';
import { ROOT } from '../support/programs/house.ts';
import { freshDatabase, freshNamespace, redisUrl, temporalAddress } from '../support/stack.ts';

const config = await loadConfigFile(`${ROOT}sexton.config.ts`);
const ADDRESSES = { DATABASE_URL: 'postgres://u@db/sexton', REDIS_URL: 'redis://cache' };

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const freePort = async (): Promise<number> => {
  const server = createServer();
  const port = await listening(server);
  await closed(server);
  return port;
};

/** The suite's Temporal through a door that can be shut, since others need theirs. */
const openDoor = async (): Promise<{ readonly address: string; readonly shut: () => Promise<void> }> => {
  const [host = '', port = ''] = temporalAddress().split(':');
  const sockets = new Set<Socket>();
  const server = createServer((inward) => {
    const outward = connect(Number(port), host);
    for (const [one, other] of [[inward, outward] as const, [outward, inward] as const]) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  const at = await listening(server);
  return {
    address: `127.0.0.1:${at}`,
    shut: () => {
      for (const socket of sockets) socket.destroy();
      return closed(server);
    },
  };
};

describe('SEXTON_METRICS_ADDRESS', () => {
  it.each(['127.0.0.1:9464', '0.0.0.0:1', '10.1.2.3:65535', '[::]:9464', '[::1]:9464'])(
    'may be %s',
    (value) => {
      const env = { ...ADDRESSES, SEXTON_METRICS_ADDRESS: value };
      expect(readEngineEnv(env, undefined).faults).toEqual([]);
      expect(metricsAddress(env)).toBe(value);
    },
  );

  it('is nowhere unless it is set', () => {
    expect(metricsAddress(ADDRESSES)).toBeUndefined();
  });

  it.each([
    '',
    '9464',
    ':9464',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '127.0.0.1:094',
    '256.0.0.1:9464',
    'localhost:9464',
    '[::1:9464',
    '::1:9464',
    '[fe80::1%eth0]:9464',
    'http://127.0.0.1:9464',
  ])('%j is told as a fault, with its rule and value', (value) => {
    expect(readEngineEnv({ ...ADDRESSES, SEXTON_METRICS_ADDRESS: value }, undefined).faults).toEqual([
      {
        place: 'SEXTON_METRICS_ADDRESS',
        rule: 'must be an IP address and a port, as in 127.0.0.1:9464 or [::]:9464',
        value: JSON.stringify(value),
      },
    ]);
  });

  it('with a fault ends the worker with exit code 2, told together with every other one', async () => {
    const { code, stderr } = await sexton(
      { PATH: process.env['PATH'], REDIS_URL: 'redis://cache', SEXTON_METRICS_ADDRESS: 'localhost:9464' },
      'worker',
    );
    expect({ code, lines: stderr.trim().split('\n  ') }).toEqual({
      code: 2,
      lines: [
        '2 faults in configuration',
        expect.stringContaining('SEXTON_METRICS_ADDRESS: must be an IP address and a port'),
        expect.stringContaining('DATABASE_URL: must be set'),
      ],
    });
  });

  it('that another process has ends the worker, and says which variable to change', async () => {
    const taken = createServer();
    const address = `127.0.0.1:${await listening(taken)}`;
    const { code, stderr } = await sexton(
      { PATH: process.env['PATH'], ...ADDRESSES, SEXTON_METRICS_ADDRESS: address },
      'worker',
    );
    await closed(taken);
    expect(code).toBe(3);
    expect(stderr).toContain(
      `metrics cannot be served at ${address}: set SEXTON_METRICS_ADDRESS to a free one`,
    );
    expect(stderr).toContain('Address already in use');
  });
});

const health = (address: string) =>
  runCommand(process.execPath, ['docker/healthcheck.mjs', address], {}).then(({ code }) => code);

describe('the container’s health check', () => {
  it('fails where nothing answers, and where a worker answers that does not poll yet', async () => {
    expect(await health(`127.0.0.1:${await freePort()}`)).toBe(1);
    expect(await health('')).toBe(1);
    const starting = createHttpServer((_, response) => response.end('# HELP temporal_num_pollers\n'));
    expect(await health(`127.0.0.1:${await listening(starting)}`)).toBe(1);
    await closed(starting);
  });
});

describe('a worker with SEXTON_METRICS_ADDRESS', () => {
  let connection: Connection;
  let client: Client;
  let door: Awaited<ReturnType<typeof openDoor>>;
  let env: Env;
  let port: number;
  let worker: ChildProcess;
  let stderr = '';
  const catalog = () => assembleCatalog(config, env);
  const scrape = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const until = (what: string, metric: string) =>
    eventually(what, async () => new RegExp(`^${metric}\\{`, 'm').test(await scrape()), { withinMs: 90_000 });

  beforeAll(async () => {
    connection = await Connection.connect({ address: temporalAddress() });
    const namespace = await freshNamespace(new Client({ connection }));
    client = new Client({ connection, namespace });
    [door, port] = await Promise.all([openDoor(), freePort()]);
    env = {
      PATH: process.env['PATH'],
      SEXTON_DATABASE_URL: await freshDatabase('metrics_home'),
      DATABASE_URL: await freshDatabase('metrics_target'),
      // A database of its own in Redis: the job's lock has the name that it has everywhere.
      REDIS_URL: `${redisUrl()}/9`,
      TEMPORAL_ADDRESS: door.address,
      TEMPORAL_NAMESPACE: namespace,
      SEXTON_METRICS_ADDRESS: `0.0.0.0:${port}`,
    };
    await applyDifferences({ catalog: catalog(), client, only: ['migration'] });
    worker = spawn(process.execPath, ['bin/sexton.mjs', 'worker'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    worker.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    await until('the worker polls', 'temporal_num_pollers');
  });

  afterAll(async () => {
    worker?.kill('SIGKILL');
    await door?.shut();
    await connection?.close();
  });

  it('is healthy as soon as it polls', async () => {
    expect(await health(`0.0.0.0:${port}`)).toBe(0);
    expect(worker.exitCode).toBe(null);
  });

  it('counts what its throttle holds, and for how long, by pack, job and probe', async () => {
    const { snapshot } = findJob(catalog(), 'cleanup_magic_links');
    expect(snapshot.throttle).toMatchObject({ replicaLagSeconds: 10, lockWaiters: 5, yield: { rest: 3 } });
    const minutes = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
    const [fromMinutes, toMinutes] = [(minutes + 130) % 1440, (minutes + 190) % 1440] as const;
    const throttle = { windows: [{ fromMinutes, toMinutes, zone: 'UTC' }], limitSeconds: 60 };
    const handle = await startRun(
      client,
      { ...snapshot, lockKey: 'lock:throttled', throttle },
      { by: 'test' },
    );
    await until('the hold is counted', 'sexton_throttle_holds_total');
    await handle.executeUpdate('stop', { args: [{ by: 'test', force: true, reason: 'seen' }] });
    await handle.result();
    await until('its time is counted', 'sexton_throttle_milliseconds_total');
    const lines = (await scrape()).split('\n').filter((line) => line.startsWith('sexton_throttle_'));
    for (const label of ['pack="sla-monitoring"', 'job="cleanup_magic_links"', 'probe="windows"'])
      expect(lines.filter((line) => line.includes(label))).toEqual(lines);
    const [holds, ms] = ['holds', 'milliseconds'].map((name) => {
      const line = lines.find((each) => each.startsWith(`sexton_throttle_${name}_total{`));
      return Number(line?.split(' ').at(-1));
    });
    expect(holds).toBe(1);
    expect(ms).toBeGreaterThan(0);
  });

  it('serves every metric that the dashboard asks for, with the labels that it is summed by', async () => {
    const { snapshot } = findJob(catalog(), 'cleanup_magic_links');
    await (await startRun(client, snapshot, { by: 'test' })).result();
    const target = new pg.Client({ connectionString: env['DATABASE_URL'] });
    await target.connect();
    await target.query('DROP TABLE magic_link_tokens');
    await target.end();
    const failing = await startRun(client, snapshot, { by: 'test' });
    await until('an activity has failed', 'temporal_activity_execution_failed_total');
    await failing.terminate().catch(() => {});
    await door.shut();
    await until('a poll has failed', 'temporal_long_request_failure_total');
    const served = await scrape();

    const asked = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const missing = asked.flatMap((expr) => {
      const labels = /\bby \(([\w, ]+)\)/.exec(expr)?.[1]?.split(', ') ?? [];
      return [...expr.matchAll(/\btemporal_\w+/g)].flatMap(([metric]) => {
        const lines = served.split('\n').filter((line) => line.startsWith(`${metric}{`));
        const unlabelled = labels.filter(
          (label) => !lines.some((line) => line.split(/[{,]/).some((pair) => pair.startsWith(`${label}="`))),
        );
        return lines.length === 0 ? [metric] : unlabelled.map((label) => `${metric}{${label}}`);
      });
    });
    expect(missing).toEqual([]);
    expect(asked.filter((expr) => expr.includes('temporal_')).length).toBeGreaterThan(5);
  });

  it('stays healthy while Temporal is away: it polls on by itself', async () => {
    expect(await health(`0.0.0.0:${port}`)).toBe(0);
    expect({ code: worker.exitCode, stderr }).toMatchObject({ code: null });
  });
});
