// Run-books are read at night: every command that they name exists, with the arguments and options that they give it.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, commandsIn, openCommandLine, wordsOf } from '../support/programs/command-lines.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const pages = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(ROOT, path)).isDirectory()) return pages(path);
    return path.endsWith('.md') ? [path] : [];
  });

const PAGES = pages('packs').filter((page) => page.includes('/runbooks/'));

let line: CommandLine;
beforeAll(() => {
  line = openCommandLine();
});

describe('a run-book', () => {
  it('is there for each pack, and names commands', () => {
    expect(PAGES.length).toBeGreaterThan(10);
    expect(PAGES.flatMap(commandsIn).length).toBeGreaterThan(40);
  });

  it.each(PAGES)('%s names only commands, arguments and options that there are', (page) => {
    const lines = commandsIn(page);
    expect(lines.map((each) => [each, line.faultOf(wordsOf(each))]).filter(([, fault]) => fault)).toEqual([]);
  });

  it.each(PAGES)('%s names only jobs, reports and pages that there are', (page) => {
    expect(commandsIn(page).flatMap((each) => line.unknownNames(wordsOf(each)))).toEqual([]);
  });

  it('would be at fault for a command that is not there, an unknown option, and a value that is none', () => {
    const faults = [
      'raport 1',
      'schedule restrat X',
      'stop JOB --because x',
      'stop',
      'set-batch-size JOB 0',
      'sla-monitoring mrq resolve ITEM',
      'draft-cleanup alert test 3 --fast',
    ].map((each) => line.faultOf(wordsOf(each)));
    expect(faults).toEqual([
      'no command raport',
      'no command schedule restrat',
      'stop has no option --because',
      'stop needs run',
      expect.stringContaining('rows 0: '),
      'resolve needs --note',
      'drill has no option --fast',
    ]);
  });
});

describe('the steps of the rollout', () => {
  it('name only commands that there are', () => {
    const lines = (
      line.catalog.checklists.find(({ name }) => name === 'rollout')?.checklist.steps ?? []
    ).flatMap(({ how = '' }) => [...how.matchAll(/npx sexton ([^,]+)/g)].map(([, named]) => named ?? ''));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.map((each) => [each, line.faultOf(wordsOf(each))]).filter(([, fault]) => fault)).toEqual([]);
  });
});
