// A runbook that is named is there, and says what somebody needs at night (DRAFT-83).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packRunbooks } from '../../src/config/runbooks.ts';
import { RUNBOOK_HEADINGS } from '../../src/domain/runbook.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sexton-runbooks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const page = (name: string, headings: readonly string[]): void =>
  writeFileSync(
    join(folder, `${name}.md`),
    ['# Title', ...headings.map((each) => `## ${each}`)].join('\n\n'),
  );

const rule = { bands: [{ alertType: 'shed_full', runbook: 'shed-full' }] };
const pack = () => ({ name: 'garden', runbooks: pathToFileURL(folder) });
const faultsOf = (declared: unknown) =>
  packRunbooks(pack(), declared).faults.map(
    ({ place, rule: words, value }) => `${place}: ${words}, got ${value}`,
  );

describe('a pack with runbooks', () => {
  it('has a page with all five headings for each that is named, wherever it is named (DRAFT-83)', () => {
    page('shed-full', RUNBOOK_HEADINGS);
    page('gate-open', RUNBOOK_HEADINGS);
    const declared = { monitors: [{ runbook: 'gate-open', rules: [rule] }] };
    expect(packRunbooks(pack(), declared)).toEqual({
      runbooks: [
        {
          id: 'garden/runbook/gate-open',
          pack: 'garden',
          name: 'gate-open',
          file: join(folder, 'gate-open.md'),
        },
        {
          id: 'garden/runbook/shed-full',
          pack: 'garden',
          name: 'shed-full',
          file: join(folder, 'shed-full.md'),
        },
      ],
      faults: [],
    });
  });

  it('is told of every page that is not there', () => {
    expect(faultsOf({ rules: [rule, rule], jobs: [{ runbook: 'nowhere' }] })).toEqual([
      'pack garden.runbooks: must have shed-full.md: an alert or a job names it, got no such page',
      'pack garden.runbooks: must have nowhere.md: an alert or a job names it, got no such page',
    ]);
  });

  it('is told which headings a named page lacks; of other pages nothing is asked', () => {
    page('shed-full', RUNBOOK_HEADINGS.slice(0, 3));
    page('notes', []);
    expect(faultsOf({ rules: [rule] })).toEqual([
      'pack garden.runbooks/shed-full.md: must have the headings What it means · How to confirm · First actions · ' +
        'How to verify recovery · When to escalate, got no "How to verify recovery", no "When to escalate"',
    ]);
  });

  it('may point to pages of others by their whole address', () => {
    expect(faultsOf({ runbook: 'https://runbooks.example.org/shed' })).toEqual([]);
  });

  it('is told when the folder is not there', () => {
    rmSync(folder, { recursive: true });
    expect(faultsOf({})).toEqual([`pack garden.runbooks: must be a folder of Markdown pages, got ${folder}`]);
  });
});
