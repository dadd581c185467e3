// How the blob store is reached, out of the engine's variables. @vercel/blob takes its address and its retries from
// process.env at each call and no other way, so this is the one place that writes there.
import type { EnvShape } from '../catalog/define/pack.ts';
import { token, url } from '../catalog/variables.ts';
import type { Env } from './env.ts';
import { readVariables } from './pack-env.ts';

export const BLOB_VARIABLES = {
  /** Opens the Vercel Blob store whose objects rows name. */
  BLOB_READ_WRITE_TOKEN: token().optional(),
  /** Where Vercel Blob's API is; default https://vercel.com/api/blob. */
  VERCEL_BLOB_API_URL: url().optional(),
} satisfies EnvShape;

/** How the blob store is reached. */
export interface BlobSettings {
  readonly token: string;
  /** Default: Vercel's own. */
  readonly apiUrl?: string;
}

/** For an environment that was found sound; undefined where no store is to be had. */
export const blobSettings = (env: Env): BlobSettings | undefined => {
  const { values } = readVariables({ shape: BLOB_VARIABLES, env });
  const { BLOB_READ_WRITE_TOKEN, VERCEL_BLOB_API_URL } = values;
  if (BLOB_READ_WRITE_TOKEN === undefined) return undefined;
  return {
    token: BLOB_READ_WRITE_TOKEN,
    ...(VERCEL_BLOB_API_URL !== undefined && { apiUrl: VERCEL_BLOB_API_URL }),
  };
};

/**
 * Turns this process' @vercel/blob to the store's address and makes it try each call once: by itself it would go on
 * for half an hour before it told of an outage. A process calls it before it makes a blob store.
 */
export const useBlobApi = ({ apiUrl }: Pick<BlobSettings, 'apiUrl'>): void => {
  process.env['VERCEL_BLOB_RETRIES'] = '0';
  // The SDK's second choice of an address, which nobody states for Sexton.
  delete process.env['NEXT_PUBLIC_VERCEL_BLOB_API_URL'];
  if (apiUrl === undefined) delete process.env['VERCEL_BLOB_API_URL'];
  else process.env['VERCEL_BLOB_API_URL'] = apiUrl;
};
