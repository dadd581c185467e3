// A new run-book page, and its test.
import { RUNBOOK_HEADINGS } from '../../../src/domain/runbook.ts';
import { titled } from '../names.ts';

export interface RunbookDraft {
  readonly pack: string;
  readonly name: string;
}

/** What somebody needs at night under each heading. */
const BELOW: Readonly<Record<(typeof RUNBOOK_HEADINGS)[number], string>> = {
  'What it means': 'What is wrong, for whom, and since when that matters. One short paragraph.',
  'How to confirm':
    '- `npx sexton incidents`: what is open, and what it says.\n- `npx sexton health`: whether what it depends on is there.',
  'First actions':
    '1. `npx sexton locks`: who holds what.\n2. What to mend, in the order in which it is most often the cause.',
  'How to verify recovery': '- The incident resolves by itself at the next look.',
  'When to escalate': '- Not over within 30 minutes: `npx sexton escalate ID`.',
};

export const runbookText = ({ name }: RunbookDraft): string =>
  [`# ${titled(name)}`, ...RUNBOOK_HEADINGS.map((heading) => `## ${heading}\n\n${BELOW[heading]}`)].join(
    '\n\n',
  ) + '\n';

export const runbookTest = ({ pack, name }: RunbookDraft): string => `\
// The run-book ${name}: found by the name that rules and jobs give it, with everything that somebody needs at night. Its
// commands are test/packs/runbook-commands.test.ts's.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findRunbook } from '../../../src/catalog/catalog.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { RUNBOOK_HEADINGS } from '../../../src/domain/runbook.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };

it('${name} is a page of the pack, and says something under each of its headings', async () => {
  const { file } = findRunbook(await loadCatalog({ env: ENV }), '${pack}/runbook/${name}');
  const [, ...parts] = readFileSync(file, 'utf8').split(/^## /m);
  expect(parts.filter((part) => /\\n\\n\\S/.test(part)).map((part) => part.split('\\n')[0])).toEqual(RUNBOOK_HEADINGS);
});
`;
