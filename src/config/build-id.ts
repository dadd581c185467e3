// Which code this is: the same for every process that runs it, from sources or compiled, and another one after any change.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The engine's own folder: `src/`, or `dist/` where it is compiled. */
const FOLDER = fileURLToPath(new URL('..', import.meta.url));

const CODE: ReadonlySet<string> = new Set(['.ts', '.js', '.sql']);

const CHARACTERS = 12;

const compute = (): string => {
  const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && CODE.has(extname(entry.name)))
    .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)))
    .toSorted();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(FOLDER, file)));
  return hash.digest('hex').slice(0, CHARACTERS);
};

let known: string | undefined;

/** As the files are when it is first asked for: code that is changed under a running process is not the code that it runs. */
export const buildId = (): string => {
  known ??= compute();
  return known;
};
