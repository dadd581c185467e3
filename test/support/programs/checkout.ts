// A copy of this tree in which `npm run new` may write, and what it has written there.
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { main } from '../../../scripts/new/main.ts';
import { type CommandResult, runCommand } from './command.ts';
import { ROOT } from './house.ts';
import { ORDERS } from './new-things.ts';

const COPIED = [
  'src',
  'packs',
  'bin',
  'docs/adr',
  'test/support',
  'sexton.config.ts',
  'package.json',
  'tsconfig.json',
  'biome.json',
  '.oxlintrc.json',
  '.gitignore',
];

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Checkout {
  readonly root: string;
  /** Names of the files that they made or changed. */
  readonly written: readonly string[];
  /** `npm run new …args`. */
  readonly runNew: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Told>;
  /** A program of the installed packages, by its path in node_modules. */
  readonly program: (name: string, ...args: string[]) => Promise<CommandResult>;
  /** Every file as the file system tells it. */
  readonly files: () => ReadonlyMap<string, string>;
  /** Names of files that are new or another since. */
  readonly changedSince: (before: ReadonlyMap<string, string>) => readonly string[];
  readonly close: () => void;
}

/** The packages, to which there is a link, are left alone. */
const filesOf = (root: string): ReadonlyMap<string, string> => {
  const tops = readdirSync(root).filter((name) => name !== 'node_modules');
  const inside = (top: string): readonly string[] =>
    statSync(join(root, top)).isFile()
      ? [top]
      : readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((file) => join(top, file));
  return new Map(
    tops
      .flatMap(inside)
      .map((file) => [file, statSync(join(root, file))] as const)
      .filter(([, stat]) => stat.isFile())
      .map(([file, { size, mtimeMs }]) => [file, `${size} ${mtimeMs}`]),
  );
};

/** `things` are told to `npm run new` one after the other. */
export const openCheckout = async (things: readonly (readonly string[])[]): Promise<Checkout> => {
  const root = mkdtempSync(join(tmpdir(), 'sexton-new-'));
  for (const part of COPIED) cpSync(join(ROOT, part), join(root, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const files = () => filesOf(root);
  const changedSince: Checkout['changedSince'] = (before) =>
    [...files()].filter(([file, state]) => before.get(file) !== state).map(([file]) => file);
  const runNew: Checkout['runNew'] = async (args, env = {}) => {
    const told = { out: '', err: '' };
    const into = (stream: 'out' | 'err') => ({
      write: (text: string | Uint8Array) => Boolean((told[stream] += String(text))),
    });
    const code = await main(args, { root, out: into('out'), err: into('err'), env });
    return { code, ...told };
  };
  const before = files();
  for (const args of things) {
    const { code, err } = await runNew(args);
    if (code !== 0) throw new Error(`new ${args.join(' ')}: ${err}`);
    if (args[0] === 'pack') writeFileSync(join(root, 'packs/shop/migrations/002_orders.sql'), ORDERS);
  }
  return {
    root,
    written: changedSince(before),
    runNew,
    program: (name, ...args) => {
      const servers = { POSTGRES: inject('postgresUrl'), REDIS: inject('redisUrl') };
      const path = join(root, 'node_modules', name);
      return runCommand(process.execPath, [path, ...args], { ...process.env, ...servers }, root);
    },
    files,
    changedSince,
    close: () => rmSync(root, { recursive: true, force: true }),
  };
};
