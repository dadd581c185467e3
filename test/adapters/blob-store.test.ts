// The blob store, through the real SDK: each call once, each failure by what can be done about it, no secret told.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BlobFault,
  type BlobStore,
  BlobStoreError,
  createBlobStore,
} from '../../src/adapters/blob-store.ts';
import { useBlobApi } from '../../src/config/blob.ts';
import { type FakeBlob, startFakeBlob } from '../../src/local/fakes/blob.ts';
import type { BlobFailure } from '../../src/local/fakes/blob-failures.ts';
import { serveFake, textReply } from '../../src/local/fakes/http.ts';
import { unique } from '../support/stack.ts';

// Read before any test turns the process to a fake.
const realToken =
  process.env['VERCEL_BLOB_API_URL'] === undefined ? process.env['BLOB_READ_WRITE_TOKEN'] : undefined;

let blob: FakeBlob;
let store: BlobStore;
beforeEach(async () => {
  blob = await startFakeBlob();
  useBlobApi({ apiUrl: blob.url });
  store = createBlobStore({ token: blob.token });
});
afterEach(() => blob.close());

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `files/${n}.pdf`);

const failureOf = async (call: Promise<unknown>): Promise<BlobStoreError> => {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof BlobStoreError)) throw new Error('no BlobStoreError', { cause: thrown });
  return thrown;
};

describe('removing objects', () => {
  it('SLA-18: deletes up to 1,000 in one call, whether or not they are still there', async () => {
    blob.put(numbered(1_500));
    await store.remove(numbered(1_000));
    await store.remove([...numbered(500), ...numbered(1_500).slice(1_000, 1_500)].slice(0, 1_000));
    expect(blob.paths()).toEqual([]);
    expect(blob.calls().map(({ paths }) => paths.length)).toEqual([1_000, 1_000]);
  });

  it('asks nothing of the store where there is nothing to delete, or too much', async () => {
    await store.remove([]);
    expect(await failureOf(store.remove(numbered(1_001)))).toMatchObject({
      fault: 'refused',
      message:
        '1001 objects are too many to delete at once; nothing was asked of Vercel Blob, which takes 1000',
    });
    expect(blob.calls()).toEqual([]);
  });

  it('SLA-18: may be repeated after a delete that was done in part, and then leaves nothing', async () => {
    blob.put(numbered(10));
    blob.fail({ next: 1, with: 'partial-then-500' });
    const { fault } = await failureOf(store.remove(numbered(10)));
    expect([fault, blob.paths().length]).toEqual(['unavailable', 5]);
    await store.remove(numbered(10));
    expect(blob.paths()).toEqual([]);
  });

  it('refuses a whole call for one bad path, which can be found by halving', async () => {
    blob.put(numbered(4));
    blob.poison(['files/2.pdf']);
    const { fault, message } = await failureOf(store.remove(numbered(4)));
    expect([fault, message]).toEqual([
      'refused',
      'Vercel Blob refused to delete 4 objects: Invalid url: files/2.pdf; the same call will be refused again',
    ]);
    await store.remove(numbered(2));
    expect((await failureOf(store.remove(['files/2.pdf']))).fault).toBe('refused');
    expect(blob.paths()).toEqual(['files/2.pdf', 'files/3.pdf']);
  });
});

describe('looking for objects', () => {
  it('tells those that are still there, in the order asked', async () => {
    blob.put(numbered(25));
    const gone = ['files/3.pdf', 'files/24.pdf'];
    await store.remove(gone);
    const asked = [...numbered(25).toReversed(), 'elsewhere', '/files/0.pdf'];
    expect(await store.existing(asked)).toEqual(
      asked.filter((path) => !gone.includes(path) && path !== 'elsewhere'),
    );
    expect(await store.existing([])).toEqual([]);
  });

  it('asks for ten at a time, and for no more once one of them has failed', async () => {
    blob.put(numbered(30));
    blob.fail({ on: 'head', next: 30, with: 'silence' });
    const hasty = createBlobStore({ token: blob.token, timeoutMs: 300 });
    expect((await failureOf(hasty.existing(numbered(30)))).fault).toBe('unavailable');
    expect(blob.calls()).toHaveLength(10);
  });

  it('takes no failure for an absence', async () => {
    blob.put(numbered(3));
    const faults: BlobFault[] = [];
    for (const kind of ['rate_limited', 'html-500', 'store_not_found', 'reset'] as const) {
      blob.fail({ on: 'head', next: 1, with: kind });
      faults.push((await failureOf(store.existing(numbered(3)))).fault);
    }
    expect(faults).toEqual(['throttled', 'unavailable', 'denied', 'unavailable']);
  });
});

describe('objects under an etag', () => {
  it('are looked at with etag and instant of upload, and those that are gone are left out', async () => {
    blob.put(['a', 'b']);
    const found = await store.look(['a', 'gone', 'b']);
    expect([...found.keys()].toSorted()).toEqual(['a', 'b']);
    const { objects } = await store.list({ prefix: 'a' });
    expect(objects).toEqual([
      {
        path: 'a',
        ...found.get('a'),
        addresses: [expect.stringMatching(/\/a$/), expect.stringMatching(/a\?download=1$/)],
      },
    ]);
  });

  it('are deleted only while it is theirs; a store that has another one there says so', async () => {
    blob.put(['a']);
    const { etag = '' } = (await store.look(['a'])).get('a') ?? {};
    blob.put(['a'], 'another');
    expect(await store.removeUpload({ path: 'a', etag })).toBe(false);
    expect(blob.paths()).toEqual(['a']);
    const { etag: now = '' } = (await store.look(['a'])).get('a') ?? {};
    expect(await store.removeUpload({ path: 'a', etag: now })).toBe(true);
    expect(blob.paths()).toEqual([]);
    blob.fail({ next: 1, with: 'reset' });
    expect((await failureOf(store.removeUpload({ path: 'a', etag }))).fault).toBe('unavailable');
  });
});

describe('listing and writing objects', () => {
  it('lists page by page below a prefix, with a cursor while there is more', async () => {
    blob.put(['a/1', 'a/2', 'a/3', 'b']);
    const first = await store.list({ prefix: 'a/', limit: 2 });
    const named = (paths: readonly string[]) => paths.map((path) => expect.objectContaining({ path }));
    expect(first).toEqual({ objects: named(['a/1', 'a/2']), cursor: expect.any(String) });
    const last = await store.list({ prefix: 'a/', limit: 2, cursor: first.cursor ?? '' });
    expect(last).toEqual({ objects: named(['a/3']) });
  });

  it('writes under the path itself, over what stands there, and empty objects too', async () => {
    await store.put('a', 'one');
    await store.put('a', 'two');
    await store.put('b', '');
    expect(blob.paths()).toEqual(['a', 'b']);
    expect((await failureOf(store.put('a//b', 'x'))).fault).toBe('refused');
  });
});

describe('a failed call', () => {
  it.each<[BlobFailure, BlobFault, string]>([
    ['rate_limited', 'throttled', 'was too busy to delete 1 object; it takes the same call again in 1 s'],
    [
      'bad_request',
      'refused',
      'refused to delete 1 object: Bad request; the same call will be refused again',
    ],
    ['forbidden', 'denied', 'let us delete 1 object: the token is not valid for it; check BLOB_READ_WRITE'],
    ['store_suspended', 'denied', 'the store is suspended; nothing can be done until Vercel lets it go on'],
    ['store_not_found', 'denied', 'the store does not exist; check BLOB_READ_WRITE_TOKEN'],
    [
      'service_unavailable',
      'unavailable',
      'said that it is not available when asked to delete 1 object; part',
    ],
    [
      'html-500',
      'unavailable',
      'gave no answer that makes sense when asked to delete 1 object; part of it may',
    ],
    ['reset', 'unavailable', 'could not be reached to delete 1 object'],
    ['reset-after', 'unavailable', 'part of it may be done, and the same call may be made again'],
  ])('that met %s is %s, is made once, and is told in words', async (kind, fault, words) => {
    blob.put(['a']);
    blob.fail({ next: 2, with: kind });
    const error = await failureOf(store.remove(['a']));
    expect([error.name, error.fault]).toEqual(['BlobStoreError', fault]);
    expect(error.message).toContain(words);
    expect(blob.calls().map(({ attempt }) => attempt)).toEqual([0]);
  });

  it.each([
    ['7', 7],
    [undefined, 1],
    ['0', 1],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 1],
  ])('that was throttled with retry-after %s is left alone for %i s', async (retryAfter, seconds) => {
    blob.fail({ next: 1, with: 'rate_limited', ...(retryAfter !== undefined && { retryAfter }) });
    expect((await failureOf(store.remove(['a']))).retryAfterSeconds).toBe(seconds);
  });

  it('is given up after its time, though the SDK were set to go on trying', async () => {
    process.env['VERCEL_BLOB_RETRIES'] = '10';
    blob.fail({ next: 11, with: 'service_unavailable' });
    const hasty = createBlobStore({ token: blob.token, timeoutMs: 100 });
    const startedAt = performance.now();
    const { fault, message } = await failureOf(hasty.remove(['a']));
    // The SDK's first wait is a second at least.
    expect(performance.now() - startedAt).toBeLessThan(900);
    expect([fault, message]).toEqual([
      'unavailable',
      'Vercel Blob did not answer within 0.1 s when asked to delete 1 object; part of it may be done, and the ' +
        'same call may be made again',
    ]);
  });

  it('is hung up on when it is given up, so that nothing is done behind our back', async () => {
    let hungUp: () => void;
    const left = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const server = createServer(({ socket }) => socket.once('close', hungUp)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    useBlobApi({ apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const hasty = createBlobStore({ token: blob.token, timeoutMs: 100 });
    expect((await failureOf(hasty.remove(['a']))).fault).toBe('unavailable');
    await left;
    server.close();
  });

  it('is unavailable where nobody listens, or somebody else does', async () => {
    const stranger = await serveFake(() => textReply(200, '<html>welcome</html>'));
    useBlobApi({ apiUrl: stranger.origin });
    expect((await failureOf(store.remove(['a']))).fault).toBe('unavailable');
    await stranger.close();
    expect(await failureOf(store.remove(['a']))).toMatchObject({
      fault: 'unavailable',
      message: expect.stringContaining('could not be reached to delete 1 object (ECONNREFUSED)'),
    });
  });

  it('never tells the token, neither the store’s echo of it nor the SDK’s complaint about it', async () => {
    blob.poison([blob.token]);
    const echoed = await failureOf(store.remove([blob.token]));
    expect(inspect(echoed, { depth: 9 })).not.toContain(blob.token);
    expect(echoed.message).toContain('Invalid url: …');
    const unfit = createBlobStore({ token: 'vercel_blob_rw_abc_geheim\u2026' });
    const complaint = await failureOf(unfit.remove(['a']));
    expect(inspect(complaint, { depth: 9 })).not.toContain('geheim');
  });
});

describe('the real Vercel Blob', () => {
  it.skipIf(!realToken)(
    'takes an object, shows it, lists it and deletes it, twice without complaint',
    async () => {
      useBlobApi({});
      const real = createBlobStore({ token: realToken ?? '' });
      const path = `sexton-test/${unique('object')}.txt`;
      await real.put(path, 'written by a test of Sexton, which deletes it again');
      try {
        expect(await real.existing([path, `${path}.none`])).toEqual([path]);
        expect((await real.list({ prefix: path })).objects).toMatchObject([{ path }]);
      } finally {
        await real.remove([path]);
      }
      await real.remove([path]);
      expect(await real.existing([path])).toEqual([]);
    },
  );
});
