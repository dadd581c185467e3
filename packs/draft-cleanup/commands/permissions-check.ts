// `sexton draft-cleanup permissions check`: the role's rights, and whether its credentials are accepted (DRAFT-86).
import { type CommandTools, defineCommand } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';

/** What the job and the triggers that follow it do, in whose name they do it. */
const RIGHTS: readonly (readonly [table: string, right: string])[] = [
  ['public.courses', 'SELECT'],
  ['public.courses', 'DELETE'],
  ['public.draft_ledger', 'SELECT'],
  ['public.draft_ledger', 'UPDATE'],
  ['public.job_runs', 'INSERT'],
  ['public.job_runs', 'UPDATE'],
  ['sexton.fence', 'UPDATE'],
  ['sexton.ledger', 'INSERT'],
  ['sexton.audit_log', 'INSERT'],
];

interface Found {
  readonly name: string;
  readonly ok: boolean;
  readonly error?: string;
}

const tried = async (name: string, work: Promise<unknown>): Promise<Found> => {
  try {
    await work;
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
};

const rights = async ({ db }: CommandTools): Promise<readonly Found[]> => {
  const rows = await db(DATABASE).query<{
    readonly name: string;
    readonly there: boolean;
    readonly ok: boolean;
  }>(
    `SELECT "right" || ' on ' || "table" AS name, to_regclass("table") IS NOT NULL AS there,
       coalesce(has_schema_privilege(split_part("table", '.', 1), 'USAGE')
         AND has_table_privilege(to_regclass("table"), "right"), false) AS ok
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY asked("table", "right", place) ORDER BY place`,
    [RIGHTS.map(([table]) => table), RIGHTS.map(([, right]) => right)],
  );
  return rows.map(({ name, there, ok }) => ({
    name,
    ok,
    ...(!ok && { error: there ? 'the role may not' : 'no such table' }),
  }));
};

export const permissionsCheck = defineCommand({
  name: 'permissions check',
  summary: 'whether the credentials are accepted, and whether the role may do what the job does',
  run: async (tools) => {
    let role: string | null = null;
    const credentials = await Promise.all([
      tried(
        'credential of the database',
        tools
          .db(DATABASE)
          .query<{ readonly role: string }>('SELECT current_user::text AS role')
          .then(([row]) => {
            role = row?.role ?? null;
          }),
      ),
      tried('credential of Redis', tools.redis.ping()),
      tried(
        'credential of Temporal',
        tools.temporal().then((client) => client.workflow.count('ExecutionStatus = "Running"')),
      ),
    ]);
    const checks = [...credentials, ...(role === null ? [] : await rights(tools))];
    const ok = checks.every((each) => each.ok);
    const lines = checks.map(
      ({ name, ok: fine, error }) => `${fine ? 'PASS' : 'FAIL'}  ${name}${error ? `: ${error}` : ''}`,
    );
    return {
      answer: { status: ok ? 'PASS' : 'FAIL', role, checks },
      text: [...lines, `as ${role ?? 'nobody'}: ${ok ? 'PASS' : 'FAIL'}`].join('\n'),
      exit: ok ? 0 : 2,
    };
  },
});
