// Every way in which the fake fails, as the real client meets it: by class, and with what is left in the store.
import {
  BlobError,
  BlobNotFoundError,
  BlobServiceNotAvailable,
  BlobServiceRateLimited,
  BlobStoreNotFoundError,
  BlobStoreSuspendedError,
  BlobUnknownError,
  del,
  head,
  list,
} from '@vercel/blob';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useBlobApi } from '../../src/config/blob.ts';
import { type FakeBlob, type FakeBlobOptions, startFakeBlob } from '../../src/local/fakes/blob.ts';
import type { BlobFailure } from '../../src/local/fakes/blob-failures.ts';
import { eventually } from '../support/eventually.ts';

let blob: FakeBlob;
const start = async (options?: FakeBlobOptions) => {
  blob = await startFakeBlob(options);
  useBlobApi({ apiUrl: blob.url });
  blob.put(['a', 'b', 'c', 'd']);
};
beforeEach(() => start());
afterEach(() => blob.close());

const remove = (...paths: string[]) => del(paths, { token: blob.token });
const listed = async () => (await list({ token: blob.token })).blobs.map(({ pathname }) => pathname).join('');

const thrownBy = async (call: Promise<unknown>): Promise<unknown> => {
  const went = Symbol('went well');
  const thrown = await call.then(
    () => went,
    (error: unknown) => error,
  );
  if (thrown === went) throw new Error('the call went well');
  return thrown;
};

describe('a failure on order', () => {
  it.each<[BlobFailure, abstract new (...args: never[]) => unknown, string]>([
    ['rate_limited', BlobServiceRateLimited, 'abcd'],
    ['service_unavailable', BlobServiceNotAvailable, 'abcd'],
    ['html-500', BlobUnknownError, 'abcd'],
    ['bad_request', BlobError, 'abcd'],
    ['store_suspended', BlobStoreSuspendedError, 'abcd'],
    ['store_not_found', BlobStoreNotFoundError, 'abcd'],
    ['reset', TypeError, 'abcd'],
    ['partial-then-500', BlobUnknownError, 'cd'],
    ['reset-after', TypeError, 'd'],
  ])('%s meets the next requests, and the one after them goes well', async (kind, type, left) => {
    blob.fail({ next: 2, with: kind });
    expect(await thrownBy(remove('a', 'b', 'c'))).toBeInstanceOf(type);
    expect(blob.paths().join('')).toBe(left);
    await thrownBy(remove('a', 'b', 'c'));
    await remove('a', 'b', 'c');
    expect(blob.paths()).toEqual(['d']);
    expect(blob.calls().map(({ result, attempt }) => [result, attempt])).toEqual([
      [kind, 0],
      [kind, 0],
      ['ok', 0],
    ]);
  });

  it('names a time to wait for, or a date that the client makes nothing of, or none', async () => {
    const wait = async (retryAfter?: string) => {
      blob.fail({ next: 1, with: 'rate_limited', ...(retryAfter !== undefined && { retryAfter }) });
      const error = await thrownBy(remove('a'));
      return error instanceof BlobServiceRateLimited ? error.retryAfter : error;
    };
    expect(await wait('7')).toBe(7);
    expect(await wait()).toBe(0);
    expect(await wait('Wed, 21 Oct 2026 07:28:00 GMT')).toBeNaN();
  });

  it('meets the operation that it is for, and no other', async () => {
    blob.fail({ on: 'head', next: 1, with: 'service_unavailable' });
    await remove('a');
    expect(await listed()).toBe('bcd');
    await expect(head('b', { token: blob.token })).rejects.toBeInstanceOf(BlobServiceNotAvailable);
    expect((await head('b', { token: blob.token })).pathname).toBe('b');
  });

  it('fails after the work only where there was work: what is refused stays refused', async () => {
    blob.fail({ next: 1, with: 'partial-then-500' });
    const error = await thrownBy(remove());
    expect((error as Error).message).toContain('Missing urls');
    expect(blob.calls()).toEqual([{ operation: 'delete', paths: [], result: 'bad_request', attempt: 0 }]);
  });

  it('shows a stale list as the store was when it was ordered, while head tells the truth', async () => {
    blob.fail({ on: 'list', next: 1, with: 'stale' });
    await remove('a', 'b');
    expect(await listed()).toBe('abcd');
    await expect(head('a', { token: blob.token })).rejects.toBeInstanceOf(BlobNotFoundError);
    expect(await listed()).toBe('cd');
  });

  it('may be silence, which ends when the client gives up', async () => {
    blob.fail({ next: 1, with: 'silence' });
    const controller = new AbortController();
    const call = del(['a'], { token: blob.token, abortSignal: controller.signal });
    await eventually('the request has come', () => blob.calls().length === 1, { everyMs: 5 });
    controller.abort();
    await expect(call).rejects.toThrow('The request was aborted');
    expect(blob.has('a')).toBe(true);
  });
});

describe('a standing failure', () => {
  it('refuses every delete that names a poisonous object, as a whole', async () => {
    blob.poison(['b']);
    const error = await thrownBy(remove('a', 'b', 'c'));
    expect((error as Error).constructor).toBe(BlobError);
    expect(blob.paths().join('')).toBe('abcd');
    await remove('a', 'c');
    expect(await thrownBy(remove('/b'))).toBeInstanceOf(BlobError);
    expect(blob.paths().join('')).toBe('bd');
  });

  it('throttles every n-th delete for a second, and by the count alone', async () => {
    await blob.close();
    await start({ throttleEvery: 3 });
    await remove('a');
    await remove('b');
    expect(await thrownBy(remove('c'))).toMatchObject({ retryAfter: 1 });
    expect(await listed()).toBe('cd');
    await remove('c');
    await remove('gone');
    expect(await thrownBy(remove('d'))).toBeInstanceOf(BlobServiceRateLimited);
    expect(blob.paths()).toEqual(['d']);
  });

  it('may be slowness in telling alone: the work is done before the client gives up', async () => {
    blob.slow(60_000);
    const controller = new AbortController();
    const call = del(['a'], { token: blob.token, abortSignal: controller.signal });
    await eventually('the work is done', () => !blob.has('a'), { everyMs: 5 });
    controller.abort();
    await expect(call).rejects.toThrow('The request was aborted');
  });
});

describe('the log of the fake', () => {
  it('tells each call in order, with what it named and how it went', async () => {
    blob.poison(['b']);
    await remove('a');
    await thrownBy(remove('b', 'c'));
    await listed();
    await thrownBy(head('zz', { token: blob.token }));
    expect(blob.calls()).toEqual([
      { operation: 'delete', paths: ['a'], result: 'ok', attempt: 0 },
      { operation: 'delete', paths: ['b', 'c'], result: 'bad_request', attempt: 0 },
      { operation: 'list', paths: [''], result: 'ok', attempt: 0 },
      { operation: 'head', paths: ['zz'], result: 'not_found', attempt: 0 },
    ]);
  });
});
