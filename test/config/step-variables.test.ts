// Variables that steps name for their requests: looked up as all of a pack's variables are, held by the catalog and by no
// snapshot, and told of where they are missing.
import { describe, expect, it } from 'vitest';
import { definePack, type JobDefinition } from '../../src/catalog/define/pack.ts';
import { ConfigurationError } from '../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import * as variable from '../../src/catalog/variables.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';

const JOB: JobDefinition = {
  name: 'send',
  summary: 'leaves to be told of',
  owner: 'on-call',
  resourceType: 'leaf',
  schedule: '0 3 * * *',
  budget: '5m',
  steps: [
    {
      name: 'leaves',
      action: 'http-items',
      batch: 10,
      selection: { database: 'app', table: 'leaves', key: ['id'], age: { column: 'at', olderThan: '1d' } },
      http: {
        url: 'LEAVES_URL',
        secretHeaders: { authorization: { variable: 'LEAVES_TOKEN', prefix: 'Bearer ' } },
        done: { column: 'sent_at' },
      },
    },
  ],
};

const PACK = definePack({
  name: 'garden',
  databases: { app: { url: 'DATABASE_URL' } },
  env: { LEAVES_URL: variable.url(), LEAVES_TOKEN: variable.token().optional() },
  build: () => ({ jobs: [JOB] }),
});

const ENV = { DATABASE_URL: 'postgresql://h/d', REDIS_URL: 'redis://h', LEAVES_URL: 'https://leaves.test' };

const load = (env: Readonly<Record<string, string>>, pack = PACK) =>
  assembleCatalog(checkConfig({ packs: [pack], roles: { 'on-call': ['log'] } }), env);

describe('a variable that a step names', () => {
  it('is in the catalog under its pack, the scoped one first, and in no snapshot', () => {
    const catalog = load({ ...ENV, LEAVES_TOKEN: 'plain', GARDEN__LEAVES_TOKEN: 'scoped' });
    expect(catalog.variables).toEqual([
      { pack: 'garden', name: 'LEAVES_URL', value: 'https://leaves.test' },
      { pack: 'garden', name: 'LEAVES_TOKEN', value: 'scoped' },
    ]);
    expect(JSON.stringify(catalog.jobs)).not.toMatch(/leaves\.test|scoped|plain/);
  });

  it('that is not set, or that the pack does not have, is a fault', () => {
    expect(() => load(ENV)).toThrow(ConfigurationError);
    expect(() => load(ENV)).toThrow(
      'LEAVES_TOKEN: must be set: garden/job/send.steps.0.http.secretHeaders.authorization needs it',
    );
    const poor = { ...PACK, env: { LEAVES_URL: variable.url() } };
    expect(() => load({ ...ENV, LEAVES_TOKEN: 'x' }, poor)).toThrow(
      'garden/job/send.steps.0.http.secretHeaders.authorization: must be a variable of the pack (its env), got "LEAVES_TOKEN"',
    );
  });
});
