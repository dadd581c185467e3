// `sexton draft-cleanup cleanup manual-list`: manual cleanups with their dates, for the goal of none (DRAFT-25).
import { defineCommand, variable } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';

interface Manual {
  readonly at: string;
  readonly actor: string;
  readonly deleted_count: number;
  readonly cutoff_time: string;
}

export const cleanupManualList = defineCommand({
  name: 'cleanup manual-list',
  summary: 'manual cleanups: how many, when and by whom; exit 1 where there were any',
  options: {
    days: {
      summary: 'of so many days',
      value: variable.number({ atLeast: 1, atMost: 730, whole: true }).default(30),
    },
  },
  run: async (tools, { days }) => {
    const cleanups = await tools.db(DATABASE).query<Manual>(
      `SELECT to_char("timestamp" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at, actor,
         (metadata ->> 'deleted_count')::int AS deleted_count, metadata ->> 'cutoff_time' AS cutoff_time
       FROM audit_log WHERE action = 'MANUAL_CLEANUP' AND "timestamp" > sexton.now() - make_interval(days => $1)
       ORDER BY "timestamp" DESC, id DESC`,
      [days],
    );
    const rows = cleanups.map(({ at, actor, deleted_count }) => [at, actor, deleted_count]);
    const none = `no manual cleanup in ${days} days`;
    return {
      answer: { days, count: cleanups.length, cleanups },
      text:
        rows.length === 0
          ? none
          : `${tools.table(['at', 'by', 'deleted'], rows)}\n${rows.length} in ${days} days`,
      exit: rows.length === 0 ? 0 : 1,
    };
  },
});
