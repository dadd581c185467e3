// Commands that a pack brings, typed on the command line: what is checked, what is asked first, and that nothing changes
// a database without a row in its audit log. On real Postgres and Redis.
import type { Command } from 'commander';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkConfig } from '../../src/catalog/load.ts';
import { registerPackCommands } from '../../src/client/pack-commands/register.ts';
import type { PackContext } from '../../src/client/pack-commands/run-command.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { defineAlias, defineCommand, definePack, type PackCommand, variable } from '../../src/index.ts';
import { type } from '../support/programs/typing.ts';
import { freshDatabase, redisUrl, unique } from '../support/stack.ts';

let url: string;
let db: pg.Pool;
beforeAll(async () => {
  url = await freshDatabase('commands');
  db = new pg.Pool({ connectionString: url });
  await migrateAll({ home: { url }, databases: [{ pack: 'shop', name: 'main', url }] });
  await db.query('CREATE TABLE cart (id int PRIMARY KEY, note text)');
});
afterAll(() => db.end());
beforeEach(async () => {
  await db.query('TRUNCATE cart');
});

const carts = async () => (await db.query('SELECT id, note FROM cart ORDER BY id')).rows;
const audits = async () =>
  (
    await db.query(
      'SELECT actor, action, resource_type, pack, metadata FROM sexton.audit_log ORDER BY id DESC LIMIT 1',
    )
  ).rows[0];

interface Typed {
  readonly commands: readonly PackCommand[];
  readonly confirm?: PackContext['confirm'];
  readonly again?: PackContext['again'];
}

const typing =
  ({ commands, confirm = async () => undefined, again = async () => {} }: Typed) =>
  (...args: string[]) => {
    const shop = definePack({
      name: 'shop',
      summary: 'Carts',
      databases: { main: { url: 'DATABASE_URL', migrations: new URL('../support/none', import.meta.url) } },
      env: {},
      build: () => ({ commands }),
    });
    const env = { DATABASE_URL: url, REDIS_URL: redisUrl() };
    const catalog = assembleCatalog(checkConfig({ packs: [shop] }, 'sexton.config.ts', env), env);
    const register = (program: Command, context: PackContext['context']) =>
      registerPackCommands(program, { context, catalog, confirm, again });
    return type([register], { catalog, client: undefined as never }, ['shop', ...args]);
  };

const write = defineCommand({
  name: 'cart put',
  summary: 'puts a cart',
  args: { id: { summary: 'number of the cart', value: variable.number({ atLeast: 1, whole: true }) } },
  options: {
    itsNote: { summary: 'what it says', value: variable.line().default('nothing') },
    quietly: { summary: 'without an audit row', flag: true },
  },
  audited: true,
  run: (tools, { id, itsNote, quietly }) =>
    tools.db('main').transaction(async (tx) => {
      await tx.query('INSERT INTO cart VALUES ($1, $2)', [id, itsNote]);
      if (!quietly) await tx.audit({ action: 'CART_PUT', resourceType: 'cart', metadata: { id } });
      return { answer: { id, itsNote }, text: `cart ${id} says ${itsNote}` };
    }),
});

describe('a command of a pack', () => {
  it('gets arguments and options as its schemas make them, and tells in words or as one JSON object', async () => {
    const sexton = typing({ commands: [write] });
    expect(await sexton('cart', 'put', '7', '--its-note', 'late', '--by', 'ana')).toEqual({
      code: 0,
      stdout: 'cart 7 says late\n',
      stderr: '',
    });
    const json = await sexton('cart', 'put', '8', '--json');
    expect({ ...json, stdout: JSON.parse(json.stdout) }).toEqual({
      code: 0,
      stdout: { id: 8, itsNote: 'nothing' },
      stderr: '',
    });
    expect(await carts()).toEqual([
      { id: 7, note: 'late' },
      { id: 8, note: 'nothing' },
    ]);
  });

  it('leaves a row in the audit log that says who asked and by which command', async () => {
    await typing({ commands: [write] })('cart', 'put', '7', '--by', 'ana');
    expect(await audits()).toEqual({
      actor: 'operator:ana',
      action: 'CART_PUT',
      resource_type: 'cart',
      pack: 'shop',
      metadata: { by: 'ana', command: 'shop cart put', id: 7 },
    });
  });

  it('that changes something and does not say so in the audit log is taken back and fails', async () => {
    const { code, stderr } = await typing({ commands: [write] })('cart', 'put', '7', '--quietly');
    expect(code).toBe(3);
    expect(stderr).toContain('shop cart put changed something and wrote no row into the audit log');
    expect(await carts()).toEqual([]);
  });

  it.each([
    [['cart', 'put'], /missing required argument 'id'/],
    [['cart', 'put', '0'], /argument 'id'. must be a whole number >= 1\./],
    [['cart', 'put', 'x'], /must be a whole number >= 1/],
    [['cart', 'put', '1', '--its-note', ''], /must not be empty/],
    [['cart', 'put', '1', '--itsnote', 'x'], /unknown option '--itsnote'/],
    [['cart', 'take'], /unknown command 'take'/],
  ])('%j is refused with exit code 2 before anything is done', async (args, words) => {
    const { code, stdout, stderr } = await typing({ commands: [write] })(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
    expect(await carts()).toEqual([]);
  });

  it('has a page of help with what it takes and what holds otherwise', async () => {
    const { code, stdout } = await typing({ commands: [write] })('cart', 'put', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: sexton shop cart put [options] <id>');
    expect(stdout).toMatch(/--its-note <its-note>\s+what it says; default: nothing/);
    expect(stdout).toMatch(/--by <name>/);
    expect(stdout).toMatch(/--json/);
  });

  it('that is not audited cannot change anything: not in the database, not by a transaction, not in Redis', async () => {
    const key = unique('commands');
    const tried = (run: Parameters<typeof defineCommand>[0]['run']) =>
      typing({ commands: [defineCommand({ name: 'try', summary: 'tries', run })] })('try');
    const answer = { answer: {}, text: 'done' };
    const byQuery = await tried(async (tools) => {
      await tools.db('main').query('INSERT INTO cart VALUES (1)');
      return answer;
    });
    expect(byQuery).toMatchObject({ code: 3, stderr: expect.stringContaining('read-only transaction') });
    const byTransaction = await tried(async (tools) =>
      tools.db('main').transaction(async (tx) => {
        await tx.query('INSERT INTO cart VALUES (1)');
        return answer;
      }),
    );
    expect(byTransaction).toMatchObject({ code: 3, stderr: expect.stringContaining('it is not audited') });
    const byRedis = await tried(async (tools) => {
      await tools.redis.set(key, 'x', new Date(Date.now() + 60_000));
      return answer;
    });
    expect(byRedis).toMatchObject({ code: 3, stderr: expect.stringContaining('it is not audited') });
    const read = await tried(async (tools) => ({
      answer: {},
      text: `${(await tools.db('main').query('SELECT 1 FROM cart')).length} ${await tools.redis.get(key)}`,
    }));
    expect(read).toEqual({ code: 0, stdout: '0 null\n', stderr: '' });
  });

  it('may rehearse a change: it sees what would be, and nothing of it stays', async () => {
    const rehearse = defineCommand({
      name: 'rehearse',
      summary: 'tries and takes back',
      run: async (tools) => {
        const rows = await tools.db('main').rehearse(async (tx) => {
          await tx.query('INSERT INTO cart VALUES (1)');
          return tx.query('SELECT id FROM cart');
        });
        return { answer: { rows }, text: '' };
      },
    });
    const { stdout } = await typing({ commands: [rehearse] })('rehearse', '--json');
    expect(JSON.parse(stdout)).toEqual({ rows: [{ id: 1 }] });
    expect(await carts()).toEqual([]);
  });

  it('that refuses tells why and leaves with its exit code, and what it had begun is taken back', async () => {
    const refuse = defineCommand({
      name: 'refuse',
      summary: 'refuses',
      audited: true,
      run: (tools) =>
        tools.db('main').transaction(async (tx) => {
          await tx.query('INSERT INTO cart VALUES (1)');
          return { refused: 'it is Sunday', exit: 2 };
        }),
    });
    expect(await typing({ commands: [refuse] })('refuse')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'it is Sunday\n',
    });
    expect(await carts()).toEqual([]);
  });
});

describe('a command that asks first', () => {
  const clear = defineCommand({
    name: 'clear',
    summary: 'clears',
    audited: true,
    confirm: async () => ({ shown: '2 carts', question: 'Clear them?', seen: 2 }),
    run: async (_tools, _values, seen) => ({ answer: { cleared: seen }, text: `${seen} cleared` }),
  });

  it('shows what it would do, asks, and does what was shown after a yes', async () => {
    const asked: string[] = [];
    const confirm = async (question: string) => {
      asked.push(question);
      return true;
    };
    const done = await typing({ commands: [clear], confirm })('clear');
    expect(done).toEqual({ code: 0, stdout: '2 carts\n2 cleared\n', stderr: '' });
    expect(asked).toEqual(['Clear them?']);
  });

  it('does nothing after a no, and nothing where nobody can be asked, and what --yes says without asking', async () => {
    const no = await typing({ commands: [clear], confirm: async () => false })('clear');
    expect(no).toEqual({ code: 1, stdout: '2 carts\n', stderr: 'nothing was done\n' });
    const nobody = await typing({ commands: [clear] })('clear', '--json');
    expect({ ...nobody, stdout: JSON.parse(nobody.stdout) }).toEqual({
      code: 2,
      stdout: { refused: expect.stringContaining('--yes'), shown: '2 carts' },
      stderr: '',
    });
    const yes = await typing({ commands: [clear] })('clear', '--yes', '--json');
    expect(JSON.parse(yes.stdout)).toEqual({ cleared: 2 });
  });
});

describe('an alias', () => {
  const pause = defineAlias({
    name: 'cleanup pause',
    summary: 'pauses',
    alias: ['schedule', 'pause', 'sweep'],
  });
  const test = defineAlias({
    name: 'alert test',
    summary: 'tests',
    alias: ['incident', 'drill'],
    words: { 1: 'too_many_carts' },
  });

  it.each([
    [
      ['cleanup', 'pause'],
      ['schedule', 'pause', 'sweep'],
    ],
    [
      ['cleanup', 'pause', '--by', 'ana', '--reason', 'new index', '--json'],
      ['schedule', 'pause', 'sweep', '--by', 'ana', '--reason', 'new index', '--json'],
    ],
    [
      ['cleanup', 'pause', '--help'],
      ['schedule', 'pause', 'sweep', '--help'],
    ],
    [
      ['alert', 'test', '1', '--follow'],
      ['incident', 'drill', 'too_many_carts', '--follow'],
    ],
    [
      ['alert', 'test', 'other'],
      ['incident', 'drill', 'other'],
    ],
  ])('%j is the command line %j, whatever follows it', async (typed, line) => {
    const lines: (readonly string[])[] = [];
    const again = async (args: readonly string[]) => {
      lines.push(args);
    };
    await typing({ commands: [pause, test], again })(...typed);
    expect(lines).toEqual([line]);
  });
});
