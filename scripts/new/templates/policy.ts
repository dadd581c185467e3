// The file of a new policy, and its test.
import { identifier } from '../names.ts';

export interface PolicyDraft {
  readonly pack: string;
  readonly name: string;
  readonly severity: string;
  /** Whom both tiers tell. */
  readonly role: string;
}

export const policyText = ({ name, severity, role }: PolicyDraft): string => `\
// Who is told of what is ${severity}, and after how long. \`npx sexton ladder ${name}\` shows it minute by minute.
import { definePolicy } from '../../../src/index.ts';

export const ${identifier(name)} = definePolicy({
  name: '${name}',
  tiers: [
    { name: 'first-notice', after: '0s', notify: ['${role}'] },
    { name: 'again', after: '30m', notify: ['${role}'] },
  ],
});
`;

export const policyTest = ({ pack, name, severity, role }: PolicyDraft): string => `\
// What ${name} promises: who hears, and when, if nobody answers.
import { expect, it } from 'vitest';
import { routes } from '../../../packs/${pack}/policies/index.ts';
import { findPolicy } from '../../../src/catalog/catalog.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { ladderLines } from '../../../src/domain/alerts/ladder-text.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };

it('${name} is where ${severity} leads: ${role} at once, and again after 30 min', async () => {
  const { snapshot } = findPolicy(await loadCatalog({ env: ENV }), '${pack}/policy/${name}');
  const told = ladderLines(snapshot).map(({ afterSeconds, tells }) => [
    afterSeconds / 60,
    ...tells.map((each) => each.name),
  ]);
  expect(told).toEqual([
    [0, '${role}'],
    [30, '${role}'],
  ]);
  expect(routes.${severity}).toBe('${name}');
});
`;
