// `npm run trace`: which titles it reads out of a test file, which requirements it calls proved, and what it fails on.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../scripts/trace/main.ts';
import { idsOf, REQUIREMENTS } from '../../scripts/trace/requirements.ts';
import { testsIn } from '../../scripts/trace/titles.ts';
import { traceTests } from '../../scripts/trace/trace.ts';
import { UNTESTED } from '../../scripts/trace/untested.ts';

const titles = (source: string): readonly string[] =>
  testsIn('a.test.ts', source).flatMap((each) => each.titles);

describe('a title that is read', () => {
  it.each([
    ['stands alone', `it('is one (SLA-01)', () => {});`, ['is one (SLA-01)']],
    ['is called test', `test('is one', async () => {});`, ['is one']],
    [
      'has the titles of its groups before it',
      `describe('locks (SLA-94)', () => { describe('held', () => { it('show', () => {}); }); });`,
      ['locks (SLA-94) > held > show'],
    ],
    ['has its options in the middle', `it('by itself', { timeout: 9 }, () => {});`, ['by itself']],
    [
      'is run under a condition',
      `describe.skipIf(root)('as a person', () => { it.runIf(linux)('works', () => {}); });`,
      ['as a person > works'],
    ],
    [
      'stands in a table of rows',
      `it.each([['a (SLA-01)', 1], ['b (SLA-02)', 2]])('%s gives %d', () => {});`,
      ['a (SLA-01) gives 1', 'b (SLA-02) gives 2'],
    ],
    ['stands in a table of texts', `it.each(['a', 'b'])('says %j', () => {});`, ['says a', 'says b']],
    [
      'stands in a table of objects',
      `it.for([{ id: 'SLA-01', n: 1 }])('$id: $n at 100 %%', () => {});`,
      ['SLA-01: 1 at 100 %'],
    ],
    [
      'stands in a table that has a name, in rows that have some',
      `const ROW = ['a (SLA-01)', 1] as const;
       const ROWS: readonly Row[] = [ROW, ['b', 2]];
       describe('x', () => { it.each(ROWS)('%s', () => {}); });`,
      ['x > a (SLA-01)', 'x > b'],
    ],
    [
      'is made in a loop',
      `for (const [promise, wanted] of [['a (SLA-01)', 1], ['b', 2]] as const) it(\`\${promise}: \${wanted}\`, () => {});`,
      ['a (SLA-01): 1', 'b: 2'],
    ],
    [
      'is made in a loop over objects, in a group',
      `for (const { id, of: { what } } of [{ id: 'SLA-01', of: { what: 'x' } }]) { describe(id, () => { it('is ' + what, () => {}); }); }`,
      ['SLA-01 > is x'],
    ],
    [
      'is made of what only running tells',
      `it(\`takes \${rows()} rows (SLA-01)\`, () => {});`,
      ['takes rows() rows (SLA-01)'],
    ],
  ])('%s', (_, source, wanted) => {
    expect(titles(source)).toEqual(wanted);
  });

  it.each([
    ['is skipped', `it.skip('is one (SLA-01)', () => {});`],
    ['is still to be done', `it.todo('is one (SLA-01)');`],
    ['is in a group that is skipped', `describe.skip('x', () => { it('is one', () => {}); });`],
    ['is text of another program', `write("it('is one (SLA-01)', () => {});");`],
    ['is a comment', `// it('is one (SLA-01)', () => {});`],
    [
      'belongs to something else',
      `fit('is one'); expect.it('is one'); describe('is one (SLA-01)', () => {});`,
    ],
  ])('is none where it %s', (_, source) => {
    expect(titles(source)).toEqual([]);
  });

  it('is told with its line, and once a place, however many rows it has', () => {
    const source = `\nit.each([1, 2])('%d', () => {});\nit('b', () => {});`;
    expect(testsIn('a.test.ts', source)).toEqual([
      { file: 'a.test.ts', line: 2, titles: ['1', '2'] },
      { file: 'a.test.ts', line: 3, titles: ['b'] },
    ]);
  });
});

describe('a trace', () => {
  const faults = (named: readonly string[], untested: Readonly<Record<string, string>> = {}) =>
    traceTests({
      requirements: ['SLA-01', 'SLA-02'],
      untested,
      places: [{ file: 'a.test.ts', line: 7, titles: named }],
    }).faults;

  it('holds where each requirement has a test or a reason', () => {
    expect(faults(['is one (SLA-01, SLA-02)'])).toEqual([]);
    expect(faults(['is one (SLA-01)'], { 'SLA-02': 'planned' })).toEqual([]);
  });

  it.each([
    ['a requirement without either', ['is one (SLA-01)'], {}, 'SLA-02 has neither a test nor a reason'],
    [
      'a reason beside a test',
      ['is one (SLA-01, SLA-02)'],
      { 'SLA-02': 'planned' },
      'SLA-02 has a test, so its reason has to go',
    ],
    [
      'a reason for nothing',
      ['is one (SLA-01, SLA-02)'],
      { 'SLA-09': 'planned' },
      'a reason is given for SLA-09, which there is not',
    ],
    [
      'a title that names nothing there is',
      ['is one (SLA-01, SLA-02)', 'is two (SLA-2)'],
      {},
      'a.test.ts:7 names SLA-2, and there is no such requirement',
    ],
  ])('fails on %s', (_, named, untested, fault) => {
    expect(faults(named, untested)).toEqual([fault]);
  });

  it('fails on a title that names more than three', () => {
    const requirements = idsOf({ prefix: 'SLA', from: 1, to: 4 });
    const places = [{ file: 'a.test.ts', line: 7, titles: [`does all of ${requirements.join(', ')}`] }];
    expect(traceTests({ requirements, untested: {}, places }).faults).toEqual([
      'a.test.ts:7 names 4 requirements in one title',
    ]);
  });

  it('knows each number of both specifications once, two digits at least, and reasons for none else', () => {
    expect(REQUIREMENTS).toHaveLength(256);
    expect(new Set(REQUIREMENTS).size).toBe(256);
    expect(REQUIREMENTS).toEqual(expect.arrayContaining(['SLA-01', 'SLA-128', 'DRAFT-09', 'DRAFT-128']));
    expect(REQUIREMENTS).toEqual(expect.arrayContaining(Object.keys(UNTESTED)));
  });
});

describe('npm run trace', () => {
  let root = '';
  let printed = '';
  const sink = { write: (text: string) => (printed += text).length > 0 };
  const run = (args: readonly string[], more: object = {}): Promise<number> => {
    printed = '';
    return main(args, {
      root,
      requirements: idsOf({ prefix: 'SLA', from: 1, to: 30 }),
      untested: Object.fromEntries(idsOf({ prefix: 'SLA', from: 3, to: 30 }).map((id) => [id, 'planned'])),
      out: sink,
      err: sink,
      ...more,
    });
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sexton-trace-'));
    mkdirSync(join(root, 'test/deep'), { recursive: true });
    writeFileSync(
      join(root, 'test/deep/a.test.ts'),
      `it('is one (SLA-01)', () => {});\nit('is two (SLA-02)', () => {});`,
    );
    writeFileSync(join(root, 'test/deep/helper.ts'), `it('is nothing (SLA-99)', () => {});`);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('tells each requirement with its tests or its reason, and exits with 0', async () => {
    expect(await run([])).toBe(0);
    const lines = printed.split('\n');
    expect(lines[0]).toBe('SLA-01    test/deep/a.test.ts:1  is one (SLA-01)');
    expect(lines[2]).toBe('SLA-03    no test: planned');
    expect(lines.at(-2)).toBe(
      '30 requirements: 2 named by tests, 28 with a reason, 0 with neither; 0 faults',
    );
  });

  it('exits with 1 and names what has neither, whatever is shown', async () => {
    expect(await run(['--sample', '1'], { untested: {} })).toBe(1);
    expect(printed).toContain('SLA-30 has neither a test nor a reason');
    expect(printed).toContain('2 named by tests, 0 with a reason, 28 with neither; 28 faults');
  });

  it('says it all as one object', async () => {
    expect(await run(['--json'])).toBe(0);
    const { requirements, faults } = JSON.parse(printed);
    expect(faults).toEqual([]);
    expect(requirements).toHaveLength(30);
    expect(requirements.slice(1, 3)).toEqual([
      { id: 'SLA-02', tests: [{ file: 'test/deep/a.test.ts', line: 2, title: 'is two (SLA-02)' }] },
      { id: 'SLA-03', tests: [], reason: 'planned' },
    ]);
  });

  it('picks the same sample for the same seed and another for another, in order, none twice', async () => {
    const sample = async (seed: string): Promise<readonly string[]> => {
      await run(['--json', '--sample', '25', '--seed', seed]);
      return JSON.parse(printed).requirements.map(({ id }: { id: string }) => id);
    };
    const picked = await sample('a');
    expect(picked).toHaveLength(25);
    expect(picked).toEqual([...new Set(picked)].toSorted());
    expect(await sample('a')).toEqual(picked);
    expect(await sample('b')).not.toEqual(picked);
  });

  it.each([
    ['a sample of none', ['--sample', '0']],
    ['an option that there is not', ['--everything']],
  ])('exits with 2 on %s', async (_, args) => {
    expect(await run(args)).toBe(2);
    expect(printed).not.toContain('requirements:');
  });
});
