// The file of a pack's new command, and its test on a database of its own. It only reads; one that changes something is
// `audited`, and docs/adding.md says what that asks of it.
import { identifier, words } from '../names.ts';

export interface PackCommandDraft {
  readonly pack: string;
  /** As it is typed. */
  readonly name: string;
  readonly database: string;
}

export const packCommandText = ({ pack, name, database }: PackCommandDraft): string => `\
// \`sexton ${pack} ${name}\`: what was done last, by the audit log. As an example: put what you need in its place.
import { defineCommand, variable } from '../../../src/index.ts';

interface Entry {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
}

export const ${identifier(name)} = defineCommand({
  name: '${name}',
  summary: 'what was done last, by the audit log; exit 1 where nothing was (${words(name)})',
  options: {
    limit: {
      summary: 'so many at most',
      value: variable.number({ atLeast: 1, atMost: 1000, whole: true }).default(20),
    },
  },
  run: async (tools, { limit }) => {
    const entries = await tools.db('${database}').query<Entry>(
      \`SELECT to_char("timestamp" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at, actor, action
       FROM sexton.audit_log ORDER BY "timestamp" DESC, id DESC LIMIT $1\`,
      [limit],
    );
    const rows = entries.map(({ at, actor, action }) => [at, actor, action]);
    return {
      answer: { entries },
      text: rows.length === 0 ? 'nothing was done' : tools.table(['at', 'by', 'what'], rows),
      exit: rows.length === 0 ? 1 : 0,
    };
  },
});
`;

export const packCommandTest = ({ pack, name }: PackCommandDraft): string => `\
// \`sexton ${pack} ${name}\` as a person uses it: what is typed in, text and exit code out.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ${identifier(pack)} } from '../../../packs/${pack}/pack.ts';
import { openPackDesk, type PackDesk } from '../../support/packs/pack-desk.ts';

let desk: PackDesk;
beforeAll(async () => {
  desk = await openPackDesk({ pack: ${identifier(pack)}, now: '2026-02-10T12:00:00.000Z' });
});
afterAll(() => desk.close());

it('${name} says with exit code 1 that nothing was done, then lists what was, the newest first', async () => {
  expect(await desk.sexton('${name}')).toMatchObject({ code: 1, stdout: 'nothing was done\\n' });
  for (const action of ['SEEN', 'DONE'])
    await desk.db.query(\`INSERT INTO sexton.audit_log (actor, action, resource_type) VALUES ('ana', $1, 'row')\`, [action]);
  const newest = { at: '2026-02-10T12:00:00Z', actor: 'ana', action: 'DONE' };
  expect(await desk.json('${name}', '--limit', '1')).toMatchObject({ code: 0, entries: [newest] });
  expect((await desk.sexton('${name}', '--limit', '0')).code).toBe(2);
});
`;
