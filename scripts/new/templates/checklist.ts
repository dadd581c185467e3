// The file of a new checklist, and its test.
import { identifier, titled } from '../names.ts';

export interface ChecklistDraft {
  readonly pack: string;
  readonly name: string;
  /** Who answers for it. */
  readonly role: string;
}

export const checklistText = ({ name, role }: ChecklistDraft): string => `\
// ${titled(name)}: steps that people complete one after the other. \`npx sexton checklist start ${name}\` begins it.
import { defineChecklist } from '../../../src/index.ts';

export const ${identifier(name)} = defineChecklist({
  name: '${name}',
  title: '${titled(name)}',
  owner: '${role}',
  // Steps as an example: each says what is done by then, and how, or where to look.
  steps: [
    { name: 'applied', title: 'What is declared stands in staging', how: 'npx sexton plan' },
    { name: 'alerts-arrive', title: 'An alert has reached its people', how: 'npx sexton notify test --channel log' },
  ],
  signOff: 'The team looks after it from now on',
});
`;

export const checklistTest = ({ pack, name, role }: ChecklistDraft): string => `\
// What ${name} promises: its steps in their order, each of which blocks the next.
import { expect, it } from 'vitest';
import { findChecklist } from '../../../src/catalog/catalog.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { againstStep, beginChecklist, completeStep } from '../../../src/domain/checklists/checklist.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
const AT = '2026-02-10T12:00:00Z';

it('${name} goes from applied to alerts-arrive, in that order only, and then waits for its sign-off', async () => {
  const found = findChecklist(await loadCatalog({ env: ENV }), '${pack}/checklist/${name}');
  const { title, owner, steps, signOff = '' } = found.checklist;
  expect(owner).toBe('${role}');
  const named = steps.map((step) => ({ name: step.name, title: step.title }));
  const checklist = { v: 1, pack: '${pack}', name: '${name}', title, owner, steps: named, signOff } as const;
  const done = (step: string) => ({ step, by: 'ana', note: 'seen' });
  const begun = beginChecklist({ v: 1, checklist, by: 'ana' }, AT);
  expect(againstStep(begun, done('alerts-arrive'))).toBe('applied comes first');
  expect(againstStep(begun, done('applied'))).toBeUndefined();
  const half = completeStep(begun, done('applied'), AT);
  expect(half).toMatchObject({ state: 'open', next: { name: 'alerts-arrive' } });
  expect(completeStep(half, done('alerts-arrive'), AT).state).toBe('waitingForSignOff');
});
`;
