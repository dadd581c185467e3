// Puts a plan on the disk: all of it or nothing. TypeScript is formatted by the checkout's own Biome first.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileText, Plan } from './kinds/kind.ts';
import { refuse } from './refused.ts';
import { doubledNames, syntaxFaults } from './source.ts';
import type { Tree } from './tree.ts';

/** Biome through its standard streams: it also brings the imports in order. */
const biome = (root: string, { path, text }: FileText): Promise<string> =>
  new Promise((resolve, reject) => {
    const program = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const child = spawn(process.execPath, [program, 'check', '--write', `--stdin-file-path=${path}`], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const parts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (part: string) => {
        parts[stream] += part;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && parts.stdout !== '') resolve(parts.stdout);
      else reject(new Error(`Biome could not format ${path}: ${parts.stderr.trim()}`));
    });
    child.stdin.end(text);
  });

const HEADER = /^(\/\/.*\n)+/;

/** The comment that opens a file is kept out of it: Biome would move it along with the import below it. */
const formatted = async (root: string, { path, text }: FileText): Promise<FileText> => {
  if (!path.endsWith('.ts')) return { path, text };
  const [fault] = syntaxFaults(text);
  if (fault !== undefined) refuse(`${path} would not be TypeScript: ${fault}`);
  const [doubled] = doubledNames(text);
  if (doubled !== undefined) refuse(`${path} would need ${doubled} for two things; choose another name`);
  const header = HEADER.exec(text)?.[0] ?? '';
  return { path, text: `${header}${await biome(root, { path, text: text.slice(header.length) })}` };
};

/** Refuses where a file that is to be made is there already; nothing is ever overwritten. */
export const writePlan = async (tree: Tree, { created, edited }: Plan): Promise<void> => {
  const taken = created.filter(({ path }) => tree.has(path)).map(({ path }) => path);
  if (taken.length > 0) refuse(`${taken.join(' and ')} ${taken.length > 1 ? 'are' : 'is'} there already`);
  const [fresh, changed] = await Promise.all(
    [created, edited].map((files) => Promise.all(files.map((file) => formatted(tree.root, file)))),
  );
  const undo: (() => void)[] = [];
  const put = ({ path, text }: FileText, flag: 'wx' | 'w'): void => {
    const file = join(tree.root, path);
    const folder = mkdirSync(dirname(file), { recursive: true });
    if (folder !== undefined) undo.push(() => rmSync(folder, { recursive: true, force: true }));
    if (flag === 'w') {
      const before = tree.read(path);
      undo.push(() => writeFileSync(file, before));
    }
    writeFileSync(file, text, { flag });
    if (flag === 'wx') undo.push(() => rmSync(file, { force: true }));
  };
  try {
    for (const file of fresh ?? []) put(file, 'wx');
    for (const file of changed ?? []) put(file, 'w');
  } catch (error) {
    for (const step of undo.toReversed()) step();
    refuse(error instanceof Error ? error.message : String(error));
  }
};
