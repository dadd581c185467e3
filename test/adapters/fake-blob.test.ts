// The fake is only worth something if the real client cannot tell it from the real store.
import {
  BlobAccessError,
  BlobError,
  BlobNotFoundError,
  BlobPreconditionFailedError,
  copy,
  del,
  head,
  list,
  put,
} from '@vercel/blob';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useBlobApi } from '../../src/config/blob.ts';
import { type FakeBlob, startFakeBlob } from '../../src/local/fakes/blob.ts';

let blob: FakeBlob;
beforeEach(async () => {
  blob = await startFakeBlob();
  useBlobApi({ apiUrl: blob.url });
});
afterEach(() => blob.close());

const options = () => ({ token: blob.token });
const open = () => ({ ...options(), access: 'public' as const });

/** What a call was rejected with, by class, and its words. */
const rejection = async (call: Promise<unknown>): Promise<string> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('the call went well');
  return `${error.constructor === BlobError ? 'BlobError' : error.constructor.name} ${error.message}`;
};

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `files/${`${n}`.padStart(5, '0')}.pdf`);

describe('credentials of the fake', () => {
  it('lets in nobody but the bearer of its own token', async () => {
    expect(blob.token).toMatch(new RegExp(`^vercel_blob_rw_${blob.storeId}_[0-9a-f]+$`));
    const wrong = { token: `vercel_blob_rw_${blob.storeId}_wrong` };
    await expect(list(wrong)).rejects.toBeInstanceOf(BlobAccessError);
    await expect(del('a', wrong)).rejects.toBeInstanceOf(BlobAccessError);
    const naked = await fetch(blob.url);
    expect([naked.status, await naked.json()]).toEqual([
      403,
      { error: { code: 'forbidden', message: 'Access denied' } },
    ]);
  });
});

describe('put and head of the fake', () => {
  it('store under the pathname, and tell it with the store’s own URL', async () => {
    const told = await put('a folder/ä?.txt', 'hello', open());
    expect(told).toMatchObject({
      pathname: 'a folder/ä?.txt',
      url: `https://${blob.storeId}.public.blob.vercel-storage.com/a%20folder/%C3%A4%3F.txt`,
    });
    const byPath = await head('a folder/ä?.txt', options());
    expect(byPath).toMatchObject({ ...told, size: 5, cacheControl: 'public, max-age=2592000' });
    expect(Date.now() - byPath.uploadedAt.getTime()).toBeLessThan(60_000);
    expect(await head(told.url, options())).toEqual(byPath);
  });

  it('know nothing of what is not there, or is another store’s', async () => {
    blob.put(['a']);
    await expect(head('b', options())).rejects.toBeInstanceOf(BlobNotFoundError);
    const elsewhere = 'https://another.public.blob.vercel-storage.com/a';
    await expect(head(elsewhere, options())).rejects.toBeInstanceOf(BlobNotFoundError);
    await del(elsewhere, options());
    expect(blob.has('a')).toBe(true);
  });

  it('strip a leading slash, hold the CDN’s time above a minute, and add a suffix when asked to', async () => {
    await put('/a.txt', 'x', { ...open(), cacheControlMaxAge: 1, contentType: 'text/weird' });
    expect(blob.paths()).toEqual(['a.txt']);
    const { cacheControl, contentType } = await head('/a.txt', options());
    expect([cacheControl, contentType]).toEqual(['public, max-age=60', 'text/weird']);
    const { pathname } = await put('d.x/report.tar.gz', 'x', { ...open(), addRandomSuffix: true });
    expect(pathname).toMatch(/^d\.x\/report\.tar-[0-9a-f]{30}\.gz$/);
  });

  it('overwrite nothing unless they are allowed to, or the etag still holds', async () => {
    const { etag } = await put('a', 'one', open());
    expect(await rejection(put('a', 'two', open()))).toBe(
      'BlobError Vercel Blob: This blob already exists, use `allowOverwrite: true` if you want to overwrite it.',
    );
    await put('a', 'two', { ...open(), allowOverwrite: true });
    await expect(put('a', 'three', { ...open(), ifMatch: etag })).rejects.toBeInstanceOf(
      BlobPreconditionFailedError,
    );
    const { etag: now } = await head('a', options());
    await put('a', 'three!', { ...open(), ifMatch: now });
    expect((await head('a', options())).size).toBe(6);
  });

  it('copy what is there, and only that', async () => {
    const { url, etag } = await put('a', 'one', open());
    await copy(url, 'b', { ...open(), ifMatch: etag });
    expect(blob.paths()).toEqual(['a', 'b']);
    await expect(copy('nowhere', 'c', open())).rejects.toBeInstanceOf(BlobNotFoundError);
    await expect(copy('a', 'c', { ...open(), ifMatch: '"x"' })).rejects.toBeInstanceOf(
      BlobPreconditionFailedError,
    );
    expect(await rejection(copy('a', 'b', open()))).toContain('already exists');
  });

  it('say what the fake does not have', async () => {
    const { multipart } = { multipart: true };
    expect(await rejection(put('a', 'x', { ...open(), multipart }))).toBe(
      'BlobError Vercel Blob: POST /api/blob/mpu is not in this fake',
    );
    const closed = { ...options(), access: 'private' as const };
    expect(await rejection(put('a', 'x', closed))).toContain('private access is not in this fake');
  });

  it('answer under a base with a trailing slash, too', async () => {
    useBlobApi({ apiUrl: `${blob.url}/` });
    await put('a', 'x', open());
    await head('a', options());
    await copy('a', 'b', open());
    expect((await list(options())).blobs).toHaveLength(2);
    await del(['a', 'b'], options());
    expect(blob.paths()).toEqual([]);
  });
});

describe('the list of the fake', () => {
  it('goes by pathname, a page at a time, and says at each whether there is more', async () => {
    blob.put(['b', 'a/2', 'c', 'a/1']);
    const names = async (more: object) => {
      const { blobs, hasMore, cursor } = await list({ ...options(), ...more });
      return { names: blobs.map(({ pathname }) => pathname), hasMore, cursor };
    };
    const first = await names({ limit: 3 });
    expect(first).toEqual({ names: ['a/1', 'a/2', 'b'], hasMore: true, cursor: expect.any(String) });
    const rest = { limit: 3, cursor: first.cursor };
    expect(await names(rest)).toEqual({ names: ['c'], hasMore: false, cursor: undefined });
    expect(await names({ prefix: 'a/' })).toMatchObject({ names: ['a/1', 'a/2'], hasMore: false });
    expect(await names({ prefix: 'z' })).toMatchObject({ names: [], hasMore: false });
  });

  it('skips nothing when what it told is deleted between two pages', async () => {
    blob.put(numbered(5));
    const { blobs, cursor } = await list({ ...options(), limit: 2 });
    await del(
      blobs.map(({ url }) => url),
      options(),
    );
    const { blobs: rest } = await list({ ...options(), ...(cursor !== undefined && { cursor }) });
    expect(rest.map(({ pathname }) => pathname)).toEqual(numbered(5).slice(2));
  });

  it('has pages of 1,000 at most, through a store of 20,000', async () => {
    blob.put(numbered(20_000));
    const { blobs, hasMore } = await list({ ...options(), limit: 5_000 });
    expect([blobs.length, hasMore]).toEqual([1_000, true]);
  });

  it('folds folders into one entry each, which counts against the page', async () => {
    blob.put(['in/a/1', 'in/a/2', 'in/b/1', 'in/c']);
    const folded = { ...options(), mode: 'folded' as const, prefix: 'in/' };
    const whole = await list(folded);
    expect(whole.folders).toEqual(['in/a/', 'in/b/']);
    expect(whole.blobs.map(({ pathname }) => pathname)).toEqual(['in/c']);
    const first = await list({ ...folded, limit: 1 });
    expect(first).toMatchObject({ folders: ['in/a/'], blobs: [], hasMore: true });
    const second = await list({ ...folded, limit: 1, ...(first.cursor && { cursor: first.cursor }) });
    expect(second).toMatchObject({ folders: ['in/b/'], blobs: [], hasMore: true });
  });

  it('refuses a cursor that it never gave', async () => {
    expect(await rejection(list({ ...options(), cursor: 'made-up' }))).toContain('cursor is not valid');
  });
});

describe('the delete of the fake', () => {
  it('takes pathnames and URLs, and minds nothing that is already gone', async () => {
    blob.put(['a', 'b c', 'd']);
    const url = `https://${blob.storeId}.public.blob.vercel-storage.com/b%20c`;
    expect(await del(['/a', url, 'gone'], options())).toBeUndefined();
    expect(blob.paths()).toEqual(['d']);
    await del(['a', 'gone'], options());
  });

  it('takes 1,000 at once, not one more and not none', async () => {
    blob.put(numbered(1_001));
    expect(await rejection(del(numbered(1_001), options()))).toBe(
      'BlobError Vercel Blob: Cannot delete more than 1,000 urls at once or body is malformed',
    );
    expect(await rejection(del([], options()))).toBe('BlobError Vercel Blob: Missing urls in request body');
    expect(blob.paths()).toHaveLength(1_001);
    await del(numbered(1_000), options());
    expect(blob.paths()).toEqual(['files/01000.pdf']);
  });

  it.each(['not json', '{"urls":"a"}', '{"urls":[1]}', 'null'])('refuses %s as malformed', async (body) => {
    const headers = { authorization: `Bearer ${blob.token}` };
    const response = await fetch(`${blob.url}/delete`, { method: 'POST', headers, body });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'bad_request' } }]);
  });

  it('holds to an etag, and answers null', async () => {
    const { etag } = await put('a', 'one', open());
    await expect(del('a', { ...options(), ifMatch: '"other"' })).rejects.toBeInstanceOf(
      BlobPreconditionFailedError,
    );
    expect(blob.has('a')).toBe(true);
    const send = (urls: readonly string[]) =>
      fetch(`${blob.url}/delete`, {
        method: 'POST',
        headers: { authorization: `Bearer ${blob.token}`, 'x-if-match': etag },
        body: JSON.stringify({ urls }),
      });
    expect((await send(['a', 'b'])).status).toBe(400);
    expect(await (await send(['a'])).text()).toBe('null');
    expect(blob.has('a')).toBe(false);
  });
});
