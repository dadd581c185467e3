// The blob store as a slice asks it: signs of life between its calls, patience with a busy store, and an end to it.
import { describe, expect, it } from 'vitest';
import { asksForAMoment, patientStore } from '../../../src/activities/slice/patient-store.ts';
import { type BlobStore, BlobStoreError } from '../../../src/adapters/blob-store.ts';

const busy = (retryAfterSeconds: number) =>
  new BlobStoreError('busy', { fault: 'throttled', retryAfterSeconds });

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}.pdf`);

/** A store that fails its first calls in these ways, and everything that happened in order. */
const scripted = (failures: readonly (BlobStoreError | undefined)[], over = false) => {
  const log: string[] = [];
  const left = [...failures];
  const answer = (what: string): void => {
    log.push(what);
    const failure = left.shift();
    if (failure) throw failure;
  };
  const store: BlobStore = {
    storeId: '',
    removeUpload: async () => {
      answer('remove an upload');
      return true;
    },
    look: async () => new Map(),
    remove: async (paths) => answer(`remove ${paths.length}`),
    existing: async (paths) => {
      answer(`look for ${paths.length}`);
      return paths.filter((path) => path.startsWith('7'));
    },
    list: async () => ({ objects: [] }),
    put: async () => {},
  };
  const patient = patientStore(store, {
    over: () => over,
    beat: () => void log.push('beat'),
    rest: async (ms) => void log.push(`rest ${ms}`),
    sliceSeconds: 60,
  });
  return { patient, log };
};

describe('a patient store', () => {
  it('gives a sign of life before each call, and looks for ten objects at most between two of them', async () => {
    const { patient, log } = scripted([]);
    await patient.removeSome(numbered(500));
    expect(await patient.existing(numbered(25))).toEqual(['7.pdf']);
    expect(log).toEqual([
      'beat',
      'remove 500',
      'beat',
      'look for 10',
      'beat',
      'look for 10',
      'beat',
      'look for 5',
    ]);
  });

  it('makes the call again that met a busy store, after the time that it asks for, and no other', async () => {
    const { patient, log } = scripted([busy(3), busy(10)]);
    await patient.existing(numbered(12));
    const again = ['beat', 'look for 10'];
    expect(log).toEqual([...again, 'rest 3000', ...again, 'rest 10000', ...again, 'beat', 'look for 2']);
  });

  it('does not wait for longer than ten seconds at once, nor beyond its time', async () => {
    const long = scripted([busy(11)]);
    await expect(long.patient.removeSome(['a'])).rejects.toThrow('busy');
    const late = scripted([busy(1)], true);
    await expect(late.patient.removeSome(['a'])).rejects.toThrow('busy');
    for (const { log } of [long, late]) expect(log).toEqual(['beat', 'remove 1']);
  });

  it.each(['denied', 'unavailable'] as const)('is not patient with a call that was %s', async (fault) => {
    const { patient, log } = scripted([new BlobStoreError('no', { fault })]);
    await expect(patient.removeSome(['a'])).rejects.toThrow('no');
    expect(log).toEqual(['beat', 'remove 1']);
  });

  it('tells which of the paths were refused, and does not ask again', async () => {
    const { patient, log } = scripted([new BlobStoreError('no', { fault: 'refused' })]);
    const refused = expect.objectContaining({ message: 'no' });
    expect(await patient.removeSome(numbered(1_200))).toEqual({ count: 1_000, refused });
    expect(log).toEqual(['beat', 'remove 1000']);
  });

  it('halves its deletions each time that the store is busy, down to 25, and adds 50 after each that goes through', async () => {
    const { patient, log } = scripted([busy(1), busy(1)]);
    const paths = numbered(1_000);
    for (let left = paths; left.length > 0; ) left = left.slice((await patient.removeSome(left)).count);
    const asked = () => log.filter((each) => each.startsWith('remove')).map((each) => Number(each.slice(7)));
    expect(asked()).toEqual([1_000, 500, 250, 300, 350, 100]);
    const worn = scripted(Array.from({ length: 8 }, () => busy(1)));
    expect(await worn.patient.removeSome(paths)).toEqual({ count: 25 });
  });

  it('has an end: put off for more than 15 s without an object gone, it tells that the store stays busy', async () => {
    const deaf = scripted(Array.from({ length: 99 }, () => busy(2)));
    const failure = await deaf.patient.removeSome(['a']).catch((error: unknown) => error);
    expect(failure).toMatchObject({ fault: 'throttled', lasting: true, retryAfterSeconds: 2 });
    expect(failure).toMatchObject({ message: expect.stringMatching(/it has said so for 14 s, and nothing/) });
    expect(asksForAMoment(failure)).toBe(false);
    expect(deaf.log.filter((each) => each === 'rest 2000')).toHaveLength(7);
  });

  it('is put off anew after an object has gone, but not after a look', async () => {
    const times = (count: number) => Array.from({ length: count }, () => busy(1));
    const moving = scripted([...times(15), undefined, ...times(15)]);
    await moving.patient.removeSome(['a']);
    await moving.patient.removeSome(['b']);
    expect(moving.log.filter((each) => each === 'rest 1000')).toHaveLength(30);
    const looking = scripted([...times(10), undefined, ...times(10)]);
    await looking.patient.existing(['a']);
    await expect(looking.patient.removeSome(['a'])).rejects.toMatchObject({ lasting: true });
  });
});

describe('a store asks for a moment', () => {
  it('where it is busy for ten seconds at most, and in no other case', () => {
    expect([busy(1), busy(10), busy(11), new Error('busy')].map(asksForAMoment)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
