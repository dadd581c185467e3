// What README and docs tell people to type, and where they point: all of it is there.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { KINDS } from '../../scripts/new/kinds/index.ts';
import {
  type CommandLine,
  codeIn,
  commandsIn,
  openCommandLine,
  readPage,
  wordsOf,
} from '../support/programs/command-lines.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Each with how many commands it names at least: a parser that finds none would find no fault either. */
const PAGES: readonly (readonly [page: string, commands: number])[] = [
  ['README.md', 15],
  ['CONTRIBUTING.md', 0],
  ['docs/adding.md', 25],
  ['docs/operating.md', 60],
  ['docs/architecture.md', 0],
];

const LINKED = [
  ...PAGES.map(([page]) => page),
  'docs/benchmarks.md',
  'docs/incidents-of-others.md',
  ...readdirSync(join(ROOT, 'docs/adr')).map((file) => `docs/adr/${file}`),
];

/** `npm run new command due` of a recipe: what follows it is there once the recipe was followed. */
const newLines = (page: string): readonly (readonly string[])[] =>
  codeIn(readPage(page))
    .flatMap((code) => code.split(' && '))
    .flatMap((code) => {
      const [, line] = /npm run new (.+)$/.exec(code) ?? [];
      return line === undefined ? [] : [wordsOf(line)];
    });

const madeUp = (page: string): readonly string[] =>
  newLines(page).flatMap(([kind, name]) => (kind === 'command' || kind === 'pack' ? [name ?? ''] : []));

let line: CommandLine;
beforeAll(() => {
  line = openCommandLine();
});

const faultsOf = (page: string): readonly string[] => {
  const own = madeUp(page);
  return commandsIn(page).flatMap((each) => {
    const words = wordsOf(each);
    if (own.includes(words[0] ?? '') || line.isName(words)) return [];
    const fault = line.faultOf(words);
    return fault === undefined ? [] : [`${each}: ${fault}`];
  });
};

describe('a documented command', () => {
  it.each(PAGES)('of %s can be typed as it stands there', (page, least) => {
    expect(commandsIn(page).length).toBeGreaterThanOrEqual(least);
    expect(faultsOf(page)).toEqual([]);
  });

  it('of docs/operating.md names jobs, reports, health checks and pages that there are', () => {
    expect(commandsIn('docs/operating.md').flatMap((each) => line.unknownNames(wordsOf(each)))).toEqual([]);
  });

  it.each(PAGES)(
    'of %s that begins with `npm` is a script, and `npm run new` has its kind and options',
    (page) => {
      const scripts = codeIn(readPage(page)).flatMap((code) =>
        [...code.matchAll(/\bnpm run ([a-z:]+)/g)].map(([, script]) => script ?? ''),
      );
      expect(scripts.filter((script) => !(script in manifest.scripts))).toEqual([]);
      const faults = newLines(page).flatMap(([name = '', ...rest]) => {
        const kind = KINDS.find((each) => each.kind === name);
        if (!kind) return name.startsWith('<') || name === '--' ? [] : [`no kind ${name}`];
        const flags = [
          ...kind.options.map(({ flags: flag }) => flag.split(' ')[0]),
          '--',
          '--help',
          '--json',
        ];
        return rest
          .filter((word) => word.startsWith('--') && !flags.includes(word))
          .map((word) => `${name} ${word}`);
      });
      expect(faults).toEqual([]);
    },
  );

  it('has a recipe for each kind that `npm run new` writes', () => {
    const told = new Set(newLines('docs/adding.md').map(([kind]) => kind));
    expect(KINDS.map(({ kind }) => kind).filter((kind) => !told.has(kind))).toEqual([]);
  });
});

const headingsOf = (page: string): readonly string[] =>
  [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  );

/** Of a page's text: `docs/operating.md#channels` is that file, and that heading in it. */
const brokenLinks = (page: string, text: string): readonly string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(ROOT, target))) return [`${link}: no such file`];
    return anchor === undefined || headingsOf(target).includes(anchor) ? [] : [`${link}: no such heading`];
  });

describe('a link', () => {
  it.each(LINKED)('of %s leads somewhere', (page) => {
    expect(brokenLinks(page, readPage(page))).toEqual([]);
  });

  it('that leads nowhere would be found, and so would a heading that was renamed', () => {
    const text =
      'See [a](docs/operating.md#channels), [b](docs/operating.md#canals) and [c](docs/operate.md).';
    expect(brokenLinks('README.md', text)).toEqual([
      'docs/operating.md#canals: no such heading',
      'docs/operate.md: no such file',
    ]);
  });
});

/** Files and folders of this repository that a page names in backquotes; `<pack>` and the like name none. */
const missingPaths = (page: string): readonly string[] => {
  const packs = madeUp(page).map((pack) => `packs/${pack}/`);
  return codeIn(readPage(page))
    .filter((code) => /^(src|test|packs|docs|scripts|bench|docker|bin|examples)\/[\w./-]+$/.test(code))
    .filter((path) => !packs.some((pack) => path.startsWith(pack)) && !existsSync(join(ROOT, path)));
};

it.each(['README.md', 'CONTRIBUTING.md', 'docs/operating.md', 'docs/architecture.md'])(
  '%s names only files and folders that there are',
  (page) => {
    expect(missingPaths(page)).toEqual([]);
  },
);
