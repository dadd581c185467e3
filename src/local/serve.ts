// The life of `npm start`, in order: stack → catalog → schema → seed → worker → story → schedules → serving. What
// was opened is closed in the opposite order, however it ends.
import { once } from 'node:events';
import { resolve } from 'node:path';
import { connectClient, temporalAddress } from '../adapters/temporal/connect.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { loadConfigFile } from '../catalog/load.ts';
import type { ChannelLogger } from '../channels/channel.ts';
import { EXIT } from '../client/context.ts';
import { applyDifferences } from '../client/sync/sync.ts';
import { blobSettings } from '../config/blob.ts';
import { channelSettings } from '../config/channels.ts';
import type { Env } from '../config/env.ts';
import { assembleCatalog, CONFIG_FILE } from '../config/load-catalog.ts';
import { metricsAddress } from '../config/worker-env.ts';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes.ts';
import { createLogger } from '../worker/runtime.ts';
import { bundleWorkflows, startWorker } from '../worker/worker.ts';
import { announceStack, embeddedEnv } from './embedded-env.ts';
import { type Stack, startStack } from './stack.ts';
import { blobStoreFor, channelsFor, STORE_VARIABLES } from './stand-ins.ts';
import { refuseFilledTables, seedPacks } from './story/seed.ts';
import { type Story, tellStory } from './story/story.ts';

/** What `npm start -- --once --json` prints. */
export interface StoryReport extends Story {
  readonly stack: Readonly<Record<'temporal' | 'postgres' | 'redis', string>>;
  /** Jobs that are not told, because they would delete files in a store that was stated. */
  readonly leftOut: readonly string[];
}

export interface ServeOptions {
  /** What the person typed; its runs say that they were started by it. */
  readonly calledAs: 'npm start' | 'sexton dev';
  readonly env: Env;
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly progressTo: NodeJS.WriteStream;
  readonly report: (report: StoryReport) => void;
}

export const serve = async (options: ServeOptions): Promise<number> => {
  const closing: (() => Promise<void> | void)[] = [];
  try {
    return await live(options, (close) => closing.push(close));
  } finally {
    for (const close of closing.toReversed()) await close();
  }
};

const live = async (
  { calledAs: by, env: stated, once: endAfterStory, signal, say, progressTo, report }: ServeOptions,
  onClose: (close: () => Promise<void> | void) => void,
): Promise<number> => {
  const startedAt = Date.now();
  const config = await loadConfigFile(resolve(CONFIG_FILE), stated);
  // Takes seconds and needs nothing of the stack, so both are made at once.
  const bundling = bundleWorkflows();
  bundling.catch(() => {});
  const stack = await startStack({ env: stated, say, searchAttributes: SEARCH_ATTRIBUTES });
  onClose(stack.stop);
  const channels = await channelsFor(stated, say);
  onClose(channels.close);
  const blob = await blobStoreFor(stated);
  onClose(blob.close);
  const env = { ...(await embeddedEnv(config, stated, stack)), ...channels.env, ...blob.env };
  const catalog = assembleCatalog(config, env);
  const demo = blob.store ? catalog : withoutFiles(catalog);
  const leftOut = namesMissing(catalog, demo);

  const temporal = temporalAddress(env);
  const { client, close } = await connectClient(temporal);
  onClose(close);
  await applyDifferences({ catalog, client, only: ['migration', 'search attribute'] });
  if (!stack.postgres.embedded) await refuseFilledTables(catalog);
  // Takes seconds and needs no worker, so it goes on while that starts.
  const seeding = seedPacks(catalog, blob.store?.seed);
  seeding.catch(() => {});
  const worker = await startWorker({
    catalog: demo,
    temporal,
    bundle: await bundling,
    channels: channelSettings(env),
    metricsAddress: metricsAddress(env),
    // One that is stated is not the demo's to delete from, whoever asks.
    blobs: blob.store && blobSettings(env),
    logger: createLogger('error'),
    notices: shownNotices(say),
  });
  onClose(worker.stop);
  await seeding;
  onClose(announceStack(stated, env));
  say(
    `ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s${stack.temporal.uiUrl ? ` · Temporal UI ${stack.temporal.uiUrl}` : ''}`,
  );

  if (leftOut.length > 0) say(`${leftOut.join(', ')} left out: ${LEFT_OUT}`);
  const { uiUrl } = stack.temporal;
  const telling = { by, catalog: demo, client, uiUrl, store: blob.store?.witness, say, progressTo };
  const story = await tellStory(telling);
  report({ stack: sources(stack), ...story, leftOut });
  // Only now: a schedule that fired during the story would take the job's lock before the story does.
  // All that is declared, told or not: a schedule that is missing here would be deleted from a Temporal that was stated.
  await applyDifferences({ catalog, client });
  if (!endAfterStory && !signal.aborted) {
    say('schedules are applied; serving until Ctrl-C. In a second terminal: npx sexton --help');
    await Promise.race([once(signal, 'abort'), worker.done]);
  }
  return story.ok ? EXIT.yes : EXIT.no;
};

const LEFT_OUT = `${STORE_VARIABLES.join(' or ')} is stated, and the demo deletes files in a store of its own only`;

const withoutFiles = (catalog: Catalog): Catalog => ({
  ...catalog,
  jobs: catalog.jobs.filter(({ snapshot }) =>
    snapshot.steps.every(({ action }) => !['blobs', 'orphans'].includes(action)),
  ),
});

const namesMissing = (all: Catalog, { jobs }: Catalog): readonly string[] =>
  all.jobs.filter((job) => !jobs.includes(job)).map(({ name }) => name);

/** The channel `log`, one line a notice. */
const shownNotices = (say: (line: string) => void): ChannelLogger => {
  const show = (fields: object): void =>
    say(`  log · ${'text' in fields ? String(fields.text) : JSON.stringify(fields)}`);
  return { info: show, warn: show, error: show };
};

const sources = (stack: Stack): StoryReport['stack'] => {
  const detail = (wanted: string): string =>
    stack.choices.find(({ name }) => name === wanted)?.detail ?? 'none';
  return { temporal: detail('temporal'), postgres: detail('postgres'), redis: detail('redis') };
};
