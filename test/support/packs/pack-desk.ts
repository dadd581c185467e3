// A pack's own commands as a person types them, on a database of the test's own with the pack's migrations and a clock that
// stands still. Nothing that a command asks is faked but the person.
import type { Command } from 'commander';
import pg from 'pg';
import config from '../../../sexton.config.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import type { Pack } from '../../../src/catalog/define/pack.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { registerPackCommands } from '../../../src/client/pack-commands/register.ts';
import type { PackContext } from '../../../src/client/pack-commands/run-command.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import type { CommandResult } from '../programs/command.ts';
import { type } from '../programs/typing.ts';
import { freshDatabase, redisUrl } from '../stack.ts';

export interface PackDesk {
  readonly catalog: Catalog;
  readonly db: pg.Pool;
  readonly url: string;
  /** `sexton <pack> …args`. */
  readonly sexton: (...args: string[]) => Promise<CommandResult>;
  /** The same with `--json`, and what it printed beside exit code and stderr. */
  readonly json: (...args: string[]) => Promise<Record<string, unknown> & { readonly code: number }>;
  /** Who is asked from now on; nobody at first. */
  readonly answer: (confirm: PackContext['confirm']) => void;
  /** Actions and the like of the audit log, oldest first. */
  readonly audits: () => Promise<readonly Record<string, unknown>[]>;
  readonly close: () => Promise<void>;
}

interface Given {
  readonly pack: Pack;
  /** ISO-8601; what the database's clock says. */
  readonly now: string;
  /** A Redis other than the suite's. */
  readonly redis?: string;
  readonly open?: PackContext['context']['open'];
}

export const openPackDesk = async ({ pack, now, redis = redisUrl(), open }: Given): Promise<PackDesk> => {
  const url = await freshDatabase('packdesk');
  const env = { DATABASE_URL: url, REDIS_URL: redis };
  const catalog = assembleCatalog(checkConfig({ ...config, packs: [pack] }, 'sexton.config.ts', env), env);
  await migrateAll(catalog);
  const db = new pg.Pool({ connectionString: url, max: 3 });
  await db.query(
    `CREATE OR REPLACE FUNCTION sexton.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
       AS $$ SELECT timestamptz ${pg.escapeLiteral(now)} $$`,
  );
  let confirm: PackContext['confirm'] = async () => undefined;
  const sexton: PackDesk['sexton'] = (...args) => {
    const register = (program: Command, context: PackContext['context']): void =>
      registerPackCommands(program, {
        context: open ? { ...context, open } : context,
        catalog,
        confirm: (question) => confirm(question),
        again: async () => {},
      });
    return type([register], { catalog, client: undefined as never }, [pack.name, ...args]);
  };
  return {
    catalog,
    db,
    url,
    sexton,
    json: async (...args) => {
      const { stdout, code, stderr } = await sexton(...args, '--json');
      return { code, stderr, ...JSON.parse(stdout) };
    },
    answer: (given) => {
      confirm = given;
    },
    audits: async () =>
      (await db.query('SELECT actor, action, resource_type, metadata FROM sexton.audit_log ORDER BY id'))
        .rows,
    close: () => db.end(),
  };
};
