// Jobs and policies are found by id, or by their bare name while it is unique.
import { describe, expect, it } from 'vitest';
import {
  type CatalogJob,
  type CatalogPolicy,
  findJob,
  findPolicy,
  UnknownNameError,
} from '../../src/catalog/catalog.ts';
import { jobId } from '../../src/domain/ids.ts';

const job = (pack: string, name: string) => ({ id: jobId(pack, name), pack, name }) as CatalogJob;

const catalog = { jobs: [job('a', 'cleanup_links'), job('a', 'sweep'), job('b', 'sweep')] };

const failure = (name: string): UnknownNameError => {
  try {
    findJob(catalog, name);
  } catch (error) {
    if (error instanceof UnknownNameError) return error;
  }
  throw new Error('found, or failed otherwise');
};

describe('finding a job', () => {
  it('works by id, and by bare name while only one pack has it', () => {
    expect(findJob(catalog, 'cleanup_links').pack).toBe('a');
    expect(findJob(catalog, 'b/job/sweep').pack).toBe('b');
  });

  it('by a name that two packs have lists both', () => {
    expect(failure('sweep').candidates).toEqual(['a/job/sweep', 'b/job/sweep']);
    expect(failure('sweep').message).toBe(
      'job sweep is in several packs, so name one: a/job/sweep, b/job/sweep',
    );
  });

  it('by a misspelt name offers what may have been meant', () => {
    expect(failure('cleanup_link').message).toBe('no job cleanup_link; did you mean cleanup_links?');
    expect(failure('a/job/swep').message).toContain('did you mean a/job/sweep');
    expect(failure('zzz').message).toBe(
      'no job zzz; there are: a/job/cleanup_links, a/job/sweep, b/job/sweep',
    );
  });
});

describe('a name that is like none', () => {
  it('is answered with no more names than anybody reads', () => {
    const jobs = Array.from({ length: 15 }, (_, n) => job('a', `sweep_${n}`));
    expect(() => findJob({ jobs }, 'zzz')).toThrow(
      /^no job zzz; there are: a\/job\/sweep_0, .*, a\/job\/sweep_11 and 3 more$/,
    );
  });
});

describe('finding a policy', () => {
  const policies = ['a/policy/page', 'b/policy/mail'].map((id) => {
    const [pack, , name] = id.split('/');
    return { id, pack, name } as CatalogPolicy;
  });

  it('works by id and by bare name, and offers what may have been meant', () => {
    expect(findPolicy({ policies }, 'page').pack).toBe('a');
    expect(findPolicy({ policies }, 'b/policy/mail').pack).toBe('b');
    expect(() => findPolicy({ policies }, 'pager')).toThrow('no policy pager; did you mean page?');
  });
});
