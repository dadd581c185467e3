// The command line as a person uses it: exit codes, what is on which stream, and what is said when something is wrong.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { registerApply } from '../../src/client/commands/apply.ts';
import { registerPlan } from '../../src/client/commands/plan.ts';
import { registerRun } from '../../src/client/commands/run.ts';
import { registerSchedule } from '../../src/client/commands/schedule.ts';
import { registerPackCommands } from '../../src/client/pack-commands/register.ts';
import { loadCatalog } from '../../src/config/load-catalog.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import { type CommandResult, sexton } from '../support/programs/command.ts';
import { type House, ledgerSum, openHouse } from '../support/programs/house.ts';
import { type } from '../support/programs/typing.ts';

const JOB = 'cleanup_magic_links';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  // Ready by the time that runs are started.
  house.worker();
});
afterAll(() => house.close());

/** A process of its own, as a person starts it. */
const run = (...args: string[]) => sexton(house.env, ...args);

/** The same words in this process, where another test has shown what a process makes of exit codes and streams. */
const typed = (args: readonly string[], catalog: Catalog = house.catalog) =>
  type(
    [
      registerPlan,
      registerApply,
      registerRun,
      registerSchedule,
      (program, context) =>
        registerPackCommands(program, {
          context,
          catalog,
          confirm: async () => undefined,
          again: async () => {},
        }),
    ],
    { catalog, client: house.client },
    args,
  );

const linksLeft = async (): Promise<number> =>
  (await house.target.query('SELECT count(*)::int AS n FROM magic_link_tokens')).rows[0].n;

describe('plan and apply', () => {
  it('plan says what is missing and exits with 4, apply makes it so, and then plan exits with 0', async () => {
    const before = await run('plan');
    expect(before).toMatchObject({ code: 4, stderr: '' });
    expect(before.stdout).toContain(`create schedule sexton/sla-monitoring/job/${JOB}\n`);
    const applied = await run('apply');
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    expect(applied.stdout).toContain(`created schedule sexton/sla-monitoring/job/${JOB}\n`);
    // `npm start` of another test, in this folder, completes the environment of a process: other addressees, nothing more.
    expect((await typed(['apply'])).stdout).not.toMatch(/^(created|deleted)/m);
    expect(await typed(['plan'])).toEqual({
      code: 0,
      stdout: 'nothing to do: all is as declared\n',
      stderr: '',
    });
    const json = await typed(['plan', '--json']);
    expect({ ...json, stdout: JSON.parse(json.stdout) }).toEqual({
      code: 0,
      stdout: { differences: [] },
      stderr: '',
    });
  });
});

describe('run', () => {
  beforeAll(() => house.seed());

  it('--dry-run --json prints one object on stdout, nothing else, and changes nothing (SLA-19)', async () => {
    const { code, stdout, stderr } = await run('run', JOB, '--dry-run', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ dryRun: true, would_delete: 30_000, cutoff: expect.any(String) });
    expect(result.sample).toHaveLength(20);
    expect(await linksLeft()).toBe(120_000);
  });

  it('--dry-run tells a person how many, and which are the oldest', async () => {
    const { code, stdout } = await typed(['run', `sla-monitoring/job/${JOB}`, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^cleanup_magic_links: a run would delete 30,000 rows older than \S+\nthe oldest of them:\n( {2}id=\S+\n){20}$/,
    );
  });

  it('--follow --json prints the result on stdout and progress on stderr, and the result is true', async () => {
    const { code, stdout, stderr } = await run(
      'run',
      JOB,
      '--follow',
      '--json',
      '--rate',
      '15000',
      '--budget',
      '2m',
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const result: RunResult & { workflowId: string } = JSON.parse(stdout);
    expect(result).toMatchObject({ state: 'completed', eligible: 30_000, deleted: 30_000, remaining: 0 });
    expect(result.utilizationPercent).toBeCloseTo((result.durationSeconds / 120) * 100, 0);
    expect(await linksLeft()).toBe(90_000);
    expect(await ledgerSum(house.target, result.runId)).toBe(30_000);
    const lines = stderr.trimEnd().split('\n');
    const figures =
      /^cleanup_magic_links \d+ % · [\d,]+ of 30,000 rows · ([\d,]+ rows\/s|rate unknown) · (ETA \S+|done) · [\d.]+ % of budget$/;
    expect(lines.filter((line) => !figures.test(line))).toEqual([]);
    expect(lines.at(-1)).toContain('30,000 of 30,000 rows');
  });

  it('says who asked for it, and gives a result that is a no where there was nobody to do it', async () => {
    const { rows } = await house.home.query(
      'SELECT DISTINCT trigger, requested_by IS NOT NULL AS named FROM sexton.run',
    );
    expect(rows).toEqual([{ trigger: 'manual', named: true }]);
    const { snapshot } = house.job(JOB);
    await house.redis.set(snapshot.lockKey, 'somebody else');
    const { code, stdout } = await typed(['run', JOB, '--follow']);
    await house.redis.del(snapshot.lockKey);
    expect(code).toBe(1);
    expect(stdout).toContain(`${JOB}: skipped · 0 rows gone`);
    expect(stdout).toContain('is held by somebody else');
  });

  it('without --follow starts the run, prints its ids and leaves it to itself', async () => {
    const { code, stdout } = await typed(['run', JOB, '--json']);
    const { workflowId, runId } = JSON.parse(stdout);
    expect(code).toBe(0);
    const result: RunResult = await house.client.workflow.getHandle(workflowId).result();
    expect(result).toMatchObject({ runId, state: 'completed', deleted: 0 });
  });
});

describe('what operators do', () => {
  it('ends by itself once it is told: no connection that a command opened keeps the process', async () => {
    await house.redis.set(house.job(JOB).snapshot.lockKey, 'somebody else');
    // What others have shown of Temporal, these show of Redis and Postgres.
    const [schedules, locks, seed] = await Promise.all([
      typed(['schedule', 'list', '--json']),
      run('locks'),
      run('seed'),
    ]);
    await house.redis.del(house.job(JOB).snapshot.lockKey);
    expect(schedules).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(schedules.stdout).schedules).toContainEqual(
      expect.objectContaining({ id: `sexton/sla-monitoring/job/${JOB}`, applied: true, paused: false }),
    );
    expect(locks.stdout).toContain('unknown: somebody else');
    expect(seed).toMatchObject({ code: 1, stdout: '' });
    expect(seed.stderr).toMatch(/holds \d+ rows; a seed would empty it/);
  }, 120_000);
});

describe('what a pack brings', () => {
  it('is done by its name, an alias for a command of Sexton’s included', async () => {
    const queue = await typed(['sla-monitoring', 'mrq', 'list', '--limit', '1', '--json']);
    expect(queue).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(queue.stdout)).toMatchObject({ total: expect.any(Number), items: expect.any(Array) });
    const found = await run('sla-monitoring', 'diagnose', JOB, '--json');
    expect(found).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(found.stdout)).toMatchObject({ job: `sla-monitoring/job/${JOB}`, unknown: [] });
  }, 120_000);
});

describe('what cannot be', () => {
  let withoutTemporal: Promise<CommandResult>;
  // It tries for seconds, and others go on meanwhile.
  beforeAll(() => {
    withoutTemporal = sexton({ ...house.env, TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'plan');
  });

  it.each([
    [
      ['run', 'cleanup_magic_lynx'],
      typed,
      /^no job, monitor, health check or digest cleanup_magic_lynx; did you mean cleanup_magic_links\?\n$/,
    ],
    [['run', JOB, '--dryrun'], typed, /unknown option '--dryrun'/],
    [['rnu', JOB], (words: readonly string[]) => run(...words), /unknown command 'rnu'/],
  ])('%j is refused with exit code 2 and a word on what to do', async (args, said, words) => {
    const { code, stdout, stderr } = await said(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });

  it('SLA-83: a broken environment is told whole, masked, with exit code 2, and nothing is applied', async () => {
    const tables = 'SELECT count(*)::int AS n FROM pg_class';
    const before = (await house.target.query(tables)).rows;
    const broken = {
      ...house.env,
      SLA_SUCCESS_RATE_THRESHOLD: '95',
      MRQ_DEPTH_WARNING: '1.5',
      TEAM_LEAD_EMAIL: 'nobody',
      SLACK_WEBHOOK_URL: 'hooks.example.org/geheim',
      PAGERDUTY_API_KEY: 'geheim geheim',
      REDIS_URL: 'geheim',
    };
    const { code, stdout, stderr } = await sexton(broken, 'apply');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const name of Object.keys(broken).filter((one) => house.env[one] !== broken[one as 'REDIS_URL'])) {
      expect(stderr).toContain(`${name}: `);
    }
    expect(stderr).toMatch(
      /REDIS_URL: must be a URL that starts with redis:\/\/ or rediss:\/\/, got a 6-character value \(masked\)/,
    );
    expect(stderr).not.toContain('geheim');
    expect((await house.target.query(tables)).rows).toEqual(before);
  });

  it.each([
    ['Temporal', () => withoutTemporal, /127\.0\.0\.1:1|connect/i],
    [
      'Postgres',
      async () => {
        const env = { ...house.env, SEXTON_DATABASE_URL: 'postgresql://u:geheim@127.0.0.1:1/home' };
        return typed(['plan'], await loadCatalog({ env }));
      },
      /ECONNREFUSED/,
    ],
  ])('%s that is not reachable means exit code 3: it could not be found out', async (_, plan, words) => {
    const { code, stdout, stderr } = await plan();
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).not.toContain('geheim');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
