// From the environment to a blob store's settings, and from them to what @vercel/blob reads.
import { afterAll, describe, expect, it } from 'vitest';
import { BLOB_VARIABLES, blobSettings, useBlobApi } from '../../src/config/blob.ts';
import { readVariables } from '../../src/config/pack-env.ts';

const NAMES = ['VERCEL_BLOB_API_URL', 'NEXT_PUBLIC_VERCEL_BLOB_API_URL', 'VERCEL_BLOB_RETRIES'] as const;

const before = NAMES.map((name) => [name, process.env[name]] as const);
afterAll(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const seen = () => NAMES.map((name) => process.env[name]);

describe('blob settings', () => {
  it('come from the environment, and are not to be had without a token', () => {
    const token = { BLOB_READ_WRITE_TOKEN: 'vercel_blob_rw_abc_geheim' };
    const address = { VERCEL_BLOB_API_URL: 'http://127.0.0.1:1/api/blob' };
    expect(blobSettings({})).toBeUndefined();
    expect(blobSettings(address)).toBeUndefined();
    expect(blobSettings(token)).toEqual({ token: 'vercel_blob_rw_abc_geheim' });
    expect(blobSettings({ ...token, ...address })).toEqual({
      token: 'vercel_blob_rw_abc_geheim',
      apiUrl: 'http://127.0.0.1:1/api/blob',
    });
  });

  it('are refused where they cannot be right', () => {
    const env = { BLOB_READ_WRITE_TOKEN: ' ', VERCEL_BLOB_API_URL: 'vercel.com/api/blob' };
    const { faults } = readVariables({ shape: BLOB_VARIABLES, env });
    expect(faults.map(({ place }) => place)).toEqual(['BLOB_READ_WRITE_TOKEN', 'VERCEL_BLOB_API_URL']);
  });
});

describe('using a blob API', () => {
  it('turns the process to the address that is stated, with no tries but the first', () => {
    useBlobApi({ apiUrl: 'http://127.0.0.1:1/api/blob' });
    expect(seen()).toEqual(['http://127.0.0.1:1/api/blob', undefined, '0']);
  });

  it('turns it to Vercel’s own where none is stated, whatever was there before', () => {
    process.env['VERCEL_BLOB_API_URL'] = 'http://127.0.0.1:1';
    process.env['NEXT_PUBLIC_VERCEL_BLOB_API_URL'] = 'http://127.0.0.1:2';
    process.env['VERCEL_BLOB_RETRIES'] = '10';
    useBlobApi({});
    expect(seen()).toEqual([undefined, undefined, '0']);
  });
});
