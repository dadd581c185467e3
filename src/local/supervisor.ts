// The process that owns the servers of one stack: `supervisor <run folder>`. It holds a pipe to its parent and,
// when that closes, for whatever reason, stops the servers, removes their data and ends.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Search } from './programs/program.ts';
import type { Begin, Command, Report } from './protocol.ts';
import { readLines } from './protocol.ts';
import { sweep } from './run-folder.ts';
import { postgresServer } from './servers/postgres.ts';
import { redisServer } from './servers/redis.ts';
import type { ServerKind } from './servers/server.ts';
import { temporalServer } from './servers/temporal.ts';
import type { Supervised } from './supervised.ts';
import { supervise } from './supervised.ts';
import { StackUnavailable } from './unavailable.ts';

const run = process.argv[2];
if (!run) throw new Error('usage: supervisor <run folder>');

// Programs and folders must be open to the user Postgres runs as; what is private says so itself.
process.umask(0o022);

const closing = new AbortController();
const servers = new Map<string, Supervised>();
const starting: Promise<void>[] = [];

const report = (message: Report): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

const bringUp = async ({ kind, cache }: { kind: ServerKind; cache: string }): Promise<void> => {
  const server = kind.name;
  const say = (line: string) => report({ type: 'say', server, line });
  const { signal } = closing;
  const search: Search = { env: process.env, cache, say, signal };
  try {
    const program = await kind.find(search);
    const folder = join(run, server);
    await mkdir(folder, { mode: 0o700 });
    await kind.prepare({ program, folder, signal });
    if (signal.aborted) return;
    const supervised = supervise({ kind, program, folder, report });
    servers.set(server, supervised);
    await supervised.launch();
    const ports = supervised.ports();
    const detail = `${program.title}, port ${ports[0]}`;
    report({ type: 'ready', server, ports, choice: { name: server, source: program.source, detail } });
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    report({ type: 'failed', server, sentence, unavailable: error instanceof StackUnavailable });
  }
};

const begin = async ({ cache, temporal, postgres, redis }: Begin): Promise<void> => {
  await mkdir(run, { recursive: true });
  const kinds = [
    temporal && temporalServer(temporal),
    postgres && postgresServer(postgres),
    redis && redisServer(),
  ].filter((kind) => kind !== undefined);
  starting.push(...kinds.map((kind) => bringUp({ kind, cache })));
  void sweep(cache).catch(() => {});
};

const obey = async ({ id, do: what, server, by = 'crash' }: Command): Promise<void> => {
  try {
    const supervised = servers.get(server);
    if (!supervised) throw new Error(`${server} is not one of this stack's own servers`);
    await (what === 'halt' ? supervised.end(by) : supervised.launch());
    report({ type: 'done', id });
  } catch (error) {
    report({ type: 'done', id, error: String(error) });
  }
};

const close = async (): Promise<void> => {
  if (closing.signal.aborted) return;
  closing.abort();
  const endAll = () => Promise.all([...servers.values()].map((server) => server.end('orderly')));
  await endAll();
  await Promise.allSettled(starting);
  // One may have been between having been prepared and being launched.
  await endAll();
  await rm(run, { recursive: true, force: true, maxRetries: 10 });
  process.exit(0);
};

// Ctrl-C and a closed terminal go to the parent too, which knows what is still to be done with the servers.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => void close());
// The parent may be gone; its end is told by stdin.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

let begun = false;
readLines<Begin | Command>({
  from: process.stdin,
  line: (message) => {
    if ('id' in message) {
      void obey(message);
    } else if (!begun) {
      begun = true;
      void begin(message);
    }
  },
  end: () => void close(),
});
