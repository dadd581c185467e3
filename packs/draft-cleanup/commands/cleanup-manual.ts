// `sexton draft-cleanup cleanup manual`: the job's own predicate at once, without a run (DRAFT-24).
import { type CommandTools, defineCommand } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { CLEANUP_LOCK, DATABASE } from '../names.ts';

interface Pending {
  readonly pending_count: number;
  readonly oldest_age_hours: number | null;
}

interface Cleaned {
  readonly deleted_count: number;
  readonly deleted_ids: readonly string[];
  readonly cutoff_time: Date;
}

/** The guard of every run: nothing is deleted beside one, or while nobody can say whether one goes on. */
const holder = ({ redis }: CommandTools): Promise<string | null> =>
  redis.get(CLEANUP_LOCK).catch((cause: unknown) => {
    throw new Error(
      'Redis does not answer, so nobody knows whether a run goes on; in an emergency: ' +
        'SELECT * FROM trigger_manual_cleanup()',
      { cause },
    );
  });

export const cleanupManual = ({ DRAFT_RETENTION_HOURS: hours }: Pick<DraftEnv, 'DRAFT_RETENTION_HOURS'>) =>
  defineCommand({
    name: 'cleanup manual',
    summary: `delete unused drafts older than ${hours} h at once, without a run of the job`,
    audited: true,
    confirm: async (tools) => {
      if ((await holder(tools)) !== null)
        return {
          refused: 'a run of the job holds its lock and deletes the same; `sexton locks` tells which',
        };
      const [pending] = await tools
        .db(DATABASE)
        .query<Pending>(
          `SELECT pending_count, oldest_age_hours::float8 FROM check_pending_cleanup(make_interval(secs => $1))`,
          [hours * 3_600],
        );
      const { pending_count = 0, oldest_age_hours = null } = pending ?? {};
      const oldest = oldest_age_hours === null ? '' : `, the oldest of ${oldest_age_hours.toFixed(1)} h`;
      return {
        shown: `${pending_count} unused drafts are older than ${hours} h${oldest}`,
        question: 'Delete them?',
        seen: undefined,
      };
    },
    run: async (tools) => {
      if ((await holder(tools)) !== null)
        return { refused: 'a run of the job has begun meanwhile; it deletes the same' };
      const [cleaned] = await tools.db(DATABASE).transaction((tx) =>
        tx.query<Cleaned>(
          `SELECT deleted_count, deleted_ids::text[] AS deleted_ids, cutoff_time
             FROM trigger_manual_cleanup(make_interval(secs => $1), $2)`,
          [hours * 3_600, `operator:${tools.by}`],
        ),
      );
      if (!cleaned) throw new Error('trigger_manual_cleanup() returned no row');
      const cutoff_time = cleaned.cutoff_time.toISOString().replace('.000Z', 'Z');
      const { deleted_count, deleted_ids } = cleaned;
      return {
        answer: { deleted_count, deleted_ids, cutoff_time },
        text: [`${deleted_count} drafts deleted, created before ${cutoff_time}`, ...deleted_ids].join('\n'),
      };
    },
  });
