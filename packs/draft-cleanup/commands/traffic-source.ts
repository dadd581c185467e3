// `sexton draft-cleanup traffic source`: whose the drafts of the last hour are (DRAFT-89).
import { type CommandDatabase, defineCommand, variable } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';

interface Source {
  readonly id: string | null;
  readonly name: string | null;
  readonly drafts_created: number;
  readonly share_percent: number;
}

/** From the ledger, so that drafts that are gone again count too. */
const sources = (db: CommandDatabase, by: 'organization_id' | 'user_id', limit: number) =>
  db.query<Source>(
    `WITH fresh AS (
       SELECT organization_id, user_id FROM draft_ledger
       WHERE created_at > sexton.now() - interval '1 hour' AND created_at <= sexton.now()
     ), counted AS (
       SELECT ${by} AS id, min(organization_id::text)::uuid AS organization_id, count(*)::int AS n FROM fresh GROUP BY ${by}
     )
     SELECT c.id, o.name, n AS drafts_created,
       round(100.0 * n / (SELECT count(*) FROM fresh), 2)::float8 AS share_percent
     FROM counted c LEFT JOIN organizations o ON o.id = c.organization_id
     ORDER BY n DESC, o.name, c.id LIMIT $1`,
    [limit],
  );

export const trafficSource = defineCommand({
  name: 'traffic source',
  summary: 'organizations and people by drafts that they created in the last hour, with their share',
  options: {
    limit: {
      summary: 'at most so many of each',
      value: variable.number({ atLeast: 1, atMost: 100, whole: true }).default(10),
    },
  },
  run: async (tools, { limit }) => {
    const db = tools.db(DATABASE);
    const organizations = await sources(db, 'organization_id', limit);
    const users = await sources(db, 'user_id', limit);
    const rowsOf = (found: readonly Source[]) =>
      found.map(({ id, name, drafts_created, share_percent }) => [
        id,
        name,
        drafts_created,
        share_percent.toFixed(2),
      ]);
    return {
      answer: {
        organizations: organizations.map(({ id, name, ...rest }) => ({
          organization_id: id,
          organization_name: name,
          ...rest,
        })),
        users: users.map(({ id, name, ...rest }) => ({ user_id: id, organization_name: name, ...rest })),
      },
      text:
        organizations.length === 0
          ? 'no draft was created in the last hour'
          : [
              tools.table(['organization', 'name', 'drafts', 'share (%)'], rowsOf(organizations)),
              tools.table(['person', 'organization', 'drafts', 'share (%)'], rowsOf(users)),
            ].join('\n'),
    };
  },
});
