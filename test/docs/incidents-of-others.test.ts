// Holds docs/incidents-of-others.md to the tests that it names.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/programs/house.ts';

const page = readFileSync(`${ROOT}docs/incidents-of-others.md`, 'utf8');

interface Class {
  readonly title: string;
  readonly body: string;
}

const classes: readonly Class[] = page
  .split(/^### /m)
  .slice(1)
  .map((part) => {
    const [title = '', ...lines] = part.split('\n');
    return { title, body: lines.join('\n').split(/^## /m)[0] ?? '' };
  });

const PROOF = /^- `([^`]+)`: “([^”]+)”$/gm;
const proofsOf = ({ body }: Class) =>
  [...body.matchAll(PROOF)].map(([, file = '', title = '']) => ({ file, title }));

/** As it stands in the source between its quotation marks. */
const isTitleIn = (source: string, title: string): boolean =>
  [`'${title}'`, `"${title}"`].some((quoted) => source.includes(quoted));

describe('every incident of others', () => {
  it('is proved by a test, or does not apply for a reason', () => {
    const bare = classes.filter((each) => proofsOf(each).length === 0);
    expect(bare.filter(({ body }) => !/^Does not apply: /m.test(body)).map(({ title }) => title)).toEqual([]);
    expect(classes.length).toBeGreaterThan(40);
  });

  it('names tests that are there, each by its file and its whole title', () => {
    const gone = classes
      .flatMap(proofsOf)
      .filter(({ file, title }) => {
        const path = `${ROOT}${file}`;
        return !existsSync(path) || !isTitleIn(readFileSync(path, 'utf8'), title);
      })
      .map(({ file, title }) => `${file}: ${title}`);
    expect(gone).toEqual([]);
    // A line that begins like a proof and is none would not be looked at.
    expect(page.match(/^- /gm)).toHaveLength(classes.flatMap(proofsOf).length);
  });
});
