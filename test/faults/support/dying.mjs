// Preloaded into a worker by a test (`node --import`). At the point that the file DIE_FILE names, the process kills
// itself, as the kernel would; the file goes first, so that the next worker lives. At the points that the file
// HOLD_FILE names for incidents it stands still instead, until that file is gone, and says so in HOLD_FILE.held: whoever
// waits until all of them are there lets it, or what it stands on, die between two steps of many messages at once.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const file = process.env['DIE_FILE'] ?? '';
const holdFile = process.env['HOLD_FILE'] ?? '';

const dieAt = (point) => {
  try {
    if (readFileSync(file, 'utf8') !== point) return;
  } catch {
    return;
  }
  rmSync(file);
  process.kill(process.pid, 'SIGKILL');
};

/** Each message or answer that stands still keeps its connection. */
const { Pool } = pg;
pg.Pool = class extends Pool {
  constructor(options) {
    super({ ...options, max: 80 });
  }
};

/** Whether this incident is to be held there; `what` is said if it is. */
const isHeld = (number, point, what) => {
  try {
    if (JSON.parse(readFileSync(holdFile, 'utf8'))[number] !== point) return false;
  } catch {
    return false;
  }
  appendFileSync(`${holdFile}.held`, `${number} ${point} ${what}\n`);
  return true;
};
const untilLifted = async () => {
  while (existsSync(holdFile)) await sleep(100);
};

// oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
const query = pg.Client.prototype.query;
/** Connections whose transaction has opened an incident. */
const opening = new WeakSet();
/** What a connection's transaction holds the incident for, until it commits. */
const doing = new WeakMap();
/** Messages that are claimed, so that their receipt can be told from others'. */
const statuses = new Map();

const noteClaim = ([number, wake, channel, address, , , , status]) => {
  statuses.set(`${number} ${wake}`, status);
  return { number, point: `${status}: claimed`, what: `${channel}:${address}` };
};

pg.Client.prototype.query = function dying(text, ...rest) {
  if (typeof text !== 'string') return query.call(this, text, ...rest);
  const values = Array.isArray(rest[0]) ? rest[0] : [];
  if (text.startsWith('UPDATE sexton.incident SET handed_seq')) dieAt('before the mark');
  if (text.startsWith('INSERT INTO sexton.incident')) opening.add(this);
  if (text.includes('SET withdrawn_wake')) {
    if (isHeld(values[0], 'answer: not committed', ''))
      return untilLifted().then(() => query.call(this, text, ...rest));
    doing.set(this, { number: values[0], point: 'answer: committed', what: '' });
  }
  if (text.includes(`SET state = 'claimed'`)) doing.set(this, noteClaim(values));
  if (text.startsWith('UPDATE sexton.outbox SET state = $5, receipt')) {
    const [number, wake, channel, address] = values;
    const point = `${statuses.get(`${number} ${wake}`)}: accepted`;
    if (isHeld(number, point, `${channel}:${address}`)) {
      void untilLifted().then(() => query.call(this, text, ...rest));
      return undefined;
    }
  }
  const result = query.call(this, text, ...rest);
  if (text === 'ROLLBACK') doing.delete(this);
  if (text !== 'COMMIT') return result;
  const opened = opening.delete(this);
  const done = doing.get(this);
  doing.delete(this);
  return result.then(async (committed) => {
    if (opened) dieAt('after the commit of observe');
    if (done && isHeld(done.number, done.point, done.what)) await untilLifted();
    return committed;
  });
};
