// Checkouts that workers are started from: one as the tree is now, one whose workflow code was changed since. Each brings
// its workflow bundle along, so that a worker is up in seconds however often it is killed.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../support/programs/house.ts';

interface Release {
  readonly folder: string;
  readonly remove: () => void;
}

export interface Releases {
  readonly old: Release;
  readonly new: Release;
}

/** Words of `src/workflows/display.ts` that every slice's summary has, and what the new release says instead. */
const WORDS = 'rows gone before it';
export const NEW_WORDS = 'rows gone so far, says the new release';

const makeRelease = (code: string): Release => {
  const folder = mkdtempSync(join(tmpdir(), 'sexton-release-'));
  for (const part of ['bin', 'packs', 'src', 'sexton.config.ts', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'src', 'workflow-bundle.js'), code);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** `bundlePath` is the workflow code of now, as one file. */
export const makeReleases = (bundlePath: string): Releases => {
  const code = readFileSync(bundlePath, 'utf8');
  if (!code.includes(WORDS)) throw new Error(`the workflow bundle does not say "${WORDS}" any more`);
  return { old: makeRelease(code), new: makeRelease(code.replaceAll(WORDS, NEW_WORDS)) };
};
