// Providers that nobody stated, stood in for by local ones. Setting their variables brings the real ones instead.
import type { SeedBlobs } from '../catalog/define/pack.ts';
import type { Env } from '../config/env.ts';
import { startFakeBlob } from './fakes/blob.ts';
import { startFakeSlack } from './fakes/slack.ts';
import { mailFor } from './mail-stand-in.ts';
import { pagerDutyFor, sentryFor } from './pager-stand-ins.ts';
import { NONE, type StandIn, together } from './stand-in.ts';
import type { StoreWitness } from './story/objects.ts';

/** Ways to reach people, each unless a real one is stated; what they take is shown here. */
export const channelsFor = (stated: Env, say: (line: string) => void): Promise<StandIn> =>
  together([slackFor(stated, say), mailFor(stated, say), pagerDutyFor(stated, say), sentryFor(stated, say)]);

const slackFor = async (stated: Env, say: (line: string) => void): Promise<StandIn> => {
  if (stated['SLACK_WEBHOOK_URL'] !== undefined) return NONE;
  const slack = await startFakeSlack();
  slack.onMessage(({ channel, text }) => say(`  Slack #${channel.name} · ${opening(text)}`));
  return { env: { SLACK_WEBHOOK_URL: slack.webhookUrl }, close: slack.close };
};

/** What matters on a terminal that shows the run too: the rest is in the message itself. */
const opening = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('Incident') && !line.includes('run:'))
    .slice(0, 6)
    .join('\n      ');

/** Every so many deletes one is asked to wait, as a busy store asks. */
const THROTTLE_EVERY = 10;

interface LocalStore {
  readonly seed: SeedBlobs;
  readonly witness: StoreWitness;
}

export interface BlobStandIn extends StandIn {
  /** Absent where a store is stated: its files are somebody's, and the demo writes and deletes none of them. */
  readonly store?: LocalStore;
}

/** Names a store; either one is enough for it to be somebody's. */
export const STORE_VARIABLES = ['BLOB_READ_WRITE_TOKEN', 'VERCEL_BLOB_API_URL'] as const;

/** A blob store of our own, unless one is stated. */
export const blobStoreFor = async (stated: Env): Promise<BlobStandIn> => {
  if (STORE_VARIABLES.some((name) => stated[name] !== undefined)) return NONE;
  const blob = await startFakeBlob({ throttleEvery: THROTTLE_EVERY });
  return {
    env: { BLOB_READ_WRITE_TOKEN: blob.token, VERCEL_BLOB_API_URL: blob.url },
    close: blob.close,
    store: {
      seed: { put: async (paths) => blob.put(paths) },
      witness: {
        paths: blob.paths,
        askedToWait: () => blob.calls().filter(({ result }) => result === 'rate_limited').length,
      },
    },
  };
};
