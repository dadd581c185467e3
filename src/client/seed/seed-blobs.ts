// Where a seed may write objects: a local blob store and no other. The real service is never written to, whatever
// token is set.
import cliProgress from 'cli-progress';
import { createBlobStore } from '../../adapters/blob-store.ts';
import type { SeedBlobs } from '../../catalog/define/pack.ts';
import { blobSettings, useBlobApi } from '../../config/blob.ts';
import type { Env } from '../../config/env.ts';

/** Objects under way at once. */
const LANES = 20;

/** Enough for a reader that looks at the first bytes; the same every time. */
const BODY = '%PDF-1.4\n% written by sexton seed\n';

export interface LocalBlobs {
  /** Absent where a seed must not write. */
  readonly blobs?: SeedBlobs;
  readonly written: () => number;
  /** Says where objects went, or why none did. */
  readonly words: () => string;
}

/** Vercel's own hosts: of the API, and of stores. */
const REAL = /(^|\.)(vercel\.com|vercel-storage\.com)$/i;

/** Where the environment's store is local, a way to write to it; progress is drawn on a terminal only. */
export const localBlobs = (env: Env, progressTo: NodeJS.WriteStream): LocalBlobs => {
  const settings = blobSettings(env);
  const none = (why: string): LocalBlobs => ({
    written: () => 0,
    words: () => `no objects were written: ${why}`,
  });
  if (settings?.apiUrl === undefined)
    return none('there is no local blob store (VERCEL_BLOB_API_URL and BLOB_READ_WRITE_TOKEN)');
  if (REAL.test(new URL(settings.apiUrl).hostname))
    return none('VERCEL_BLOB_API_URL is the real service, and a seed writes to local stores only');
  useBlobApi(settings);
  const store = createBlobStore(settings);
  let written = 0;
  const put = async (paths: readonly string[]): Promise<void> => {
    const bar = createBar(progressTo, paths.length);
    try {
      await inLanes(paths, async (path) => {
        await store.put(path, BODY);
        written += 1;
        bar.step();
      });
    } finally {
      bar.end();
    }
  };
  return {
    blobs: { put },
    written: () => written,
    words: () => `${written.toLocaleString('en-US')} objects written to ${settings.apiUrl}`,
  };
};

/** At most `LANES` at a time; after the first that fails no further one is begun. */
const inLanes = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const waiting = items.values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failures.length > 0) throw failures[0];
};

const createBar = (stream: NodeJS.WriteStream, total: number) => {
  if (!stream.isTTY || total === 0) return { step: () => {}, end: () => {} };
  const bar = new cliProgress.SingleBar(
    {
      format: 'objects {bar} {percentage} % · {value} of {total} · ETA {eta_formatted}',
      stream,
      hideCursor: true,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0);
  return { step: () => bar.increment(), end: () => bar.stop() };
};
