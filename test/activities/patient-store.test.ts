// The blob store as a slice asks it: signs of life between its calls, patience with a busy store, and an end to it.
import { describe, expect, it } from 'vitest';
import { asksForAMoment, patientStore } from '../../src/activities/job/patient-store.ts';
import { type BlobStore, BlobStoreError } from '../../src/adapters/blob-store.ts';

const busy = (retryAfterSeconds: number) =>
  new BlobStoreError('busy', { fault: 'throttled', retryAfterSeconds });

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}.pdf`);

/** A store that fails its first calls in these ways, and everything that happened in order. */
const scripted = (failures: readonly BlobStoreError[], over = false) => {
  const log: string[] = [];
  const left = [...failures];
  const answer = (what: string): void => {
    log.push(what);
    const failure = left.shift();
    if (failure) throw failure;
  };
  const store: BlobStore = {
    remove: async (paths) => answer(`remove ${paths.length}`),
    existing: async (paths) => {
      answer(`look for ${paths.length}`);
      return paths.filter((path) => path.startsWith('7'));
    },
    list: async () => ({ paths: [] }),
    put: async () => {},
  };
  const patient = patientStore(store, {
    over: () => over,
    beat: () => void log.push('beat'),
    rest: async (ms) => void log.push(`rest ${ms}`),
  });
  return { patient, log };
};

describe('a patient store', () => {
  it('gives a sign of life before each call, and looks for ten objects at most between two of them', async () => {
    const { patient, log } = scripted([]);
    await patient.remove(numbered(500));
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
    await expect(long.patient.remove(['a'])).rejects.toThrow('busy');
    const late = scripted([busy(1)], true);
    await expect(late.patient.remove(['a'])).rejects.toThrow('busy');
    for (const { log } of [long, late]) expect(log).toEqual(['beat', 'remove 1']);
  });

  it.each(['refused', 'denied', 'unavailable'] as const)(
    'is not patient with a call that was %s',
    async (fault) => {
      const { patient, log } = scripted([new BlobStoreError('no', { fault })]);
      await expect(patient.remove(['a'])).rejects.toThrow('no');
      expect(log).toEqual(['beat', 'remove 1']);
    },
  );
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
