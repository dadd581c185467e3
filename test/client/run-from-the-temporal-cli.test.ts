// Whoever has only the `temporal` CLI, or the Temporal UI, starts, watches and reads a run with plain JSON.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/local/cache.ts';
import { findTemporal } from '../../src/local/programs/find-temporal.ts';
import { runCommand } from '../support/programs/command.ts';
import { type House, openHouse } from '../support/programs/house.ts';
import { unique } from '../support/stack.ts';

let house: House;
let program: string;
beforeAll(async () => {
  house = await openHouse();
  const search = {
    env: house.env,
    cache: cacheFolder(house.env),
    say: () => {},
    signal: new AbortController().signal,
  };
  program = (await findTemporal(search)).path;
  await house.seed();
  house.worker();
});
afterAll(() => house.close());

/** A `temporal workflow` command; its JSON where it prints some. */
const temporal = async (command: string, workflowId: string, ...args: string[]) => {
  const to = ['--address', String(house.env['TEMPORAL_ADDRESS']), '-o', 'json'];
  const { code, stdout, stderr } = await runCommand(
    program,
    ['workflow', command, '--workflow-id', workflowId, ...args, ...to],
    house.env,
  );
  if (code !== 0) throw new Error(`temporal workflow ${command} ended with ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
};

const start = (workflowId: string, input: unknown) =>
  temporal(
    'start',
    workflowId,
    '--type',
    'job',
    '--task-queue',
    'sexton-orchestration',
    '--input',
    JSON.stringify(input),
  );

describe('a run that is started with `temporal workflow start` and hand-written JSON', () => {
  it('does its work, answers the `state` query, and its result can be read', async () => {
    const workflowId = unique('job/by-hand');
    await start(workflowId, { job: house.job('cleanup_magic_links').snapshot });
    const { status, result } = await temporal('result', workflowId);
    expect(status).toBe('COMPLETED');
    expect(result).toMatchObject({ state: 'completed', eligible: 30_000, deleted: 30_000, remaining: 0 });

    const { queryResult } = await temporal('query', workflowId, '--type', 'state');
    expect(queryResult[0] ?? queryResult).toMatchObject({
      pack: 'sla-monitoring',
      job: 'cleanup_magic_links',
      state: 'completed',
      deleted: 30_000,
    });
    const { rows } = await house.home.query(
      'SELECT trigger, requested_by, deleted::int FROM sexton.run WHERE workflow_id = $1',
      [workflowId],
    );
    expect(rows).toEqual([{ trigger: 'manual', requested_by: null, deleted: 30_000 }]);
  });

  it('may ask for what the command line can: here a dry run in the name of somebody', async () => {
    const workflowId = unique('job/by-hand');
    const { snapshot } = house.job('cleanup_magic_links');
    await start(workflowId, { job: snapshot, request: { dryRun: true, by: 'ann', budgetSeconds: 5 } });
    const { result } = await temporal('result', workflowId);
    expect(result).toMatchObject({ dryRun: true, would_delete: 0, cutoff: expect.any(String) });
  });

  it('finds each handler described, and nothing offered that is not there', async () => {
    const workflowId = unique('job/by-hand');
    await start(workflowId, { job: house.job('cleanup_magic_links').snapshot });
    await temporal('result', workflowId);
    const metadata = await temporal('metadata', workflowId);
    const text = JSON.stringify(metadata);
    expect(text).toContain('"name":"state"');
    expect(text).toContain('Where it stands: state, figures, what it waits for.');
  });
});
