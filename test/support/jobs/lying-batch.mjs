// Preloaded into a worker by a test (`node --import`): the worker skips its third batch. It deletes nothing, yet
// reports the rows as gone, as a broken driver or a careless change to the engine would.
import pg from 'pg';

const SKIPPED = 3;
// oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
const query = pg.Client.prototype.query;
let deletes = 0;

pg.Client.prototype.query = function lying(text, values, ...rest) {
  if (typeof text !== 'string' || !text.startsWith('DELETE FROM "public"."magic_link_tokens"')) {
    return query.call(this, text, values, ...rest);
  }
  deletes += 1;
  if (deletes !== SKIPPED) return query.call(this, text, values, ...rest);
  const count = text.replace('DELETE FROM', 'SELECT count(*)::int AS n FROM');
  return query.call(this, count, values, ...rest).then(({ rows }) => ({ rows: [], rowCount: rows[0].n }));
};
