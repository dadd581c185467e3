// The life of `npm start`, in order: stack → catalog → schema → seed → worker → story → schedules → serving. What
// was opened is closed in the opposite order, however it ends.
import { once } from 'node:events';
import { resolve } from 'node:path';
import { connectClient, temporalAddress } from '../adapters/temporal/connect.ts';
import { loadConfigFile } from '../catalog/load.ts';
import type { ChannelLogger } from '../channels/channel.ts';
import { EXIT } from '../client/context.ts';
import { applyDifferences } from '../client/sync/sync.ts';
import { channelSettings } from '../config/channels.ts';
import type { Env } from '../config/env.ts';
import { assembleCatalog, CONFIG_FILE } from '../config/load-catalog.ts';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes.ts';
import { createLogger } from '../worker/runtime.ts';
import { bundleWorkflows, startWorker } from '../worker/worker.ts';
import { announceStack, embeddedEnv } from './embedded-env.ts';
import { startFakeSlack } from './fakes/slack.ts';
import { type Stack, startStack } from './stack.ts';
import { seedPacks } from './story/seed.ts';
import { type Story, tellStory } from './story/story.ts';

/** What `npm start -- --once --json` prints. */
export interface StoryReport extends Story {
  readonly stack: Readonly<Record<'temporal' | 'postgres' | 'redis', string>>;
}

export interface ServeOptions {
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
  { env: stated, once: endAfterStory, signal, say, progressTo, report }: ServeOptions,
  onClose: (close: () => Promise<void> | void) => void,
): Promise<number> => {
  const startedAt = Date.now();
  const config = await loadConfigFile(resolve(CONFIG_FILE));
  // Takes seconds and needs nothing of the stack, so both are made at once.
  const bundling = bundleWorkflows();
  bundling.catch(() => {});
  const stack = await startStack({ env: stated, say, searchAttributes: SEARCH_ATTRIBUTES });
  onClose(stack.stop);
  const slack = await slackFor(stated, say);
  onClose(slack.close);
  const env = { ...(await embeddedEnv(config, stated, stack)), ...slack.env };
  const catalog = assembleCatalog(config, env);

  const temporal = temporalAddress(env);
  const { client, close } = await connectClient(temporal);
  onClose(close);
  await applyDifferences({ catalog, client, only: ['migration', 'search attribute'] });
  await seedPacks(catalog, stack.postgres.embedded);
  const worker = await startWorker({
    catalog,
    temporal,
    bundle: await bundling,
    channels: channelSettings(env),
    logger: createLogger('error'),
    notices: shownNotices(say),
  });
  onClose(worker.stop);
  onClose(announceStack(stated, env));
  say(
    `ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s${stack.temporal.uiUrl ? ` · Temporal UI ${stack.temporal.uiUrl}` : ''}`,
  );

  const story = await tellStory({ catalog, client, uiUrl: stack.temporal.uiUrl, say, progressTo });
  report({ stack: sources(stack), ...story });
  // Only now: a schedule that fired during the story would take the job's lock before the story does.
  await applyDifferences({ catalog, client });
  if (!endAfterStory && !signal.aborted) {
    say('schedules are applied; serving until Ctrl-C. In a second terminal: npx sexton --help');
    await Promise.race([once(signal, 'abort'), worker.done]);
  }
  return story.ok ? EXIT.yes : EXIT.no;
};

/** A Slack of our own, whose messages are shown here, unless a real one is stated. */
const slackFor = async (
  stated: Env,
  say: (line: string) => void,
): Promise<{ readonly env: Env; readonly close: () => Promise<void> }> => {
  if (stated['SLACK_WEBHOOK_URL'] !== undefined) return { env: {}, close: async () => {} };
  const slack = await startFakeSlack();
  slack.onMessage(({ channel, text }) => say(`  Slack #${channel.name} · ${opening(text)}`));
  return { env: { SLACK_WEBHOOK_URL: slack.webhookUrl }, close: slack.close };
};

/** What matters on a terminal that shows the run too: the rest is in the message itself. */
const opening = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('Incident') && !line.includes('run:'))
    .slice(0, 5)
    .join('\n      ');

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
