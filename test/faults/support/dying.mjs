// Preloaded into a worker by a test (`node --import`): the process kills itself, as the kernel would, at the point
// that the file DIE_FILE names. The file goes first, so that the next worker lives.
import { readFileSync, rmSync } from 'node:fs';
import pg from 'pg';

const file = process.env['DIE_FILE'] ?? '';

const dieAt = (point) => {
  try {
    if (readFileSync(file, 'utf8') !== point) return;
  } catch {
    return;
  }
  rmSync(file);
  process.kill(process.pid, 'SIGKILL');
};

// oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
const query = pg.Client.prototype.query;
/** Connections whose transaction has opened an incident. */
const opening = new WeakSet();

pg.Client.prototype.query = function dying(text, ...rest) {
  if (typeof text !== 'string') return query.call(this, text, ...rest);
  if (text.startsWith('UPDATE sexton.incident SET handed_seq')) dieAt('before the mark');
  if (text.includes('SET withdrawn_wake')) dieAt('during an answer');
  if (text.startsWith('INSERT INTO sexton.incident')) opening.add(this);
  const result = query.call(this, text, ...rest);
  if (text !== 'COMMIT' || !opening.delete(this)) return result;
  return result.then((committed) => {
    dieAt('after the commit of observe');
    return committed;
  });
};

const { fetch } = globalThis;
globalThis.fetch = (...args) => {
  dieAt('before a send');
  return fetch(...args);
};
