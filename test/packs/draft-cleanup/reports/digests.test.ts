// The team's digests on the seed `steady`: every report of them answers, and what is sent says what the reports say.
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../../src/activities/dependencies.ts';
import { createMakeDigest } from '../../../../src/activities/reports/make-digest.ts';
import { type Databases, openDatabases } from '../../../../src/adapters/postgres/databases.ts';
import { readLetter } from '../../../../src/adapters/postgres/letters/letters.ts';
import { letterEmail } from '../../../../src/channels/email/letter.ts';
import { chooseScenarios, seedPack } from '../../../../src/client/seed/seed.ts';
import { letterText } from '../../../../src/domain/letters/letter.ts';
import { type Drafts, openDrafts } from '../../../support/packs/drafts.ts';
import { redisUrl } from '../../../support/stack.ts';

const NOW = new Date('2026-02-10T14:30:00Z');

let drafts: Drafts;
let databases: Databases;
beforeAll(async () => {
  drafts = await openDrafts();
  await drafts.at(NOW.toISOString());
  const [steady] = chooseScenarios(drafts.catalog, { pack: 'draft-cleanup', scenario: 'steady' });
  await seedPack({ ...steady!, catalog: drafts.catalog, now: NOW });
  databases = openDatabases(drafts.catalog.home, drafts.catalog.databases);
});
afterAll(async () => {
  await databases.close();
  await drafts.close();
});

const made = async (name: string) => {
  const { reports, digests } = drafts.catalog;
  const digest = digests.find((each) => each.name === name)!.snapshot;
  const make = createMakeDigest({ databases, reports, redisUrl: `${redisUrl()}/7` } as Dependencies);
  const input = { digest, tick: '2026-02-09T07:00:00.000Z', workflowId: 'w' };
  const { letter } = (await new MockActivityEnvironment().run(make, input)) as Awaited<
    ReturnType<typeof make>
  >;
  const found = await readLetter(drafts.db, letter);
  if (!found) throw new Error('nothing was written');
  return found;
};

describe('on the seed steady', () => {
  it('the weekly digest tells the trend, the peaks, how the cleanup ran, and that Redis pays (DRAFT-92)', async () => {
    const letter = await made('draft-weekly');
    expect(letter.parts.map(({ title }) => title.replace(/ \(.*/, ''))).toEqual([
      'Daily Trend Analysis',
      'Hourly Traffic Pattern',
      'Cleanup Job Effectiveness',
      'Redis Consistency Check',
    ]);
    const text = letterText(letter);
    expect(text).not.toContain('could not be asked');
    expect(text).toContain('18.57');
    expect(text).toContain('98.21');
    expect(text).toContain('Consistent: ');
    expect(text).toContain('… and 118 more rows');
    expect(letterEmail(letter, 'example.org').html).toContain('<polyline');
  });

  it('the monthly digest tells the months, the improvement and the goal, and asks for the runbooks (DRAFT-92)', async () => {
    const text = letterText(await made('draft-monthly'));
    expect(text).not.toContain('could not be asked');
    for (const words of [
      'Pre vs Post',
      'goal of 99 %',
      'Review the runbooks',
      'sexton digest sign-off draft-cleanup/digest/draft-monthly',
    ])
      expect(text).toContain(words);
  });
});
