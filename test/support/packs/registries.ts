// Lists against folders, in any checkout: whatever lies in a folder of things is in the list that names them, and the
// other way round. Each fault is one sentence that names the file.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createJiti } from 'jiti';
import { identifiersIn, importsOf } from '../../../scripts/new/source.ts';
import type { CheckedPack } from '../../../src/catalog/schema/config.ts';
import { readPackEnv } from '../../../src/config/pack-env.ts';

const list = (root: string, folder: string): readonly string[] =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).toSorted() : [];

const read = (root: string, file: string): string => readFileSync(join(root, file), 'utf8');

/** Files that a file imports by relative path, as paths from the root. */
const importedFiles = (root: string, file: string): readonly string[] =>
  importsOf(read(root, file))
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from }) => join(dirname(file), from));

/** What is imported from the folder, directly or by what was. */
const reached = (
  root: string,
  folder: string,
  from: string,
  known = new Set<string>(),
): ReadonlySet<string> => {
  for (const file of importedFiles(root, from)) {
    if (dirname(file) !== folder || known.has(file)) continue;
    known.add(file);
    if (existsSync(join(root, file))) reached(root, folder, file, known);
  }
  return known;
};

const unusedImports = (root: string, folder: string, registry: string): readonly string[] => {
  const text = read(root, registry);
  const imports = importsOf(text);
  const rest = identifiersIn(imports.reduce((left, each) => left.replace(each.text, ''), text));
  return imports
    .filter(({ from }) => from.startsWith('.') && dirname(join(dirname(registry), from)) === folder)
    .flatMap(({ names }) => names.filter((name) => !rest.has(name)));
};

export interface Registry {
  readonly root: string;
  readonly folder: string;
  /** The file that lists what the folder holds. */
  readonly registry: string;
  /** Which files of the folder are things, by their text. Default: all. */
  readonly isThing?: (text: string) => boolean;
}

/** Files that no list names, and lists that name what is not there. */
export const listFaults = ({ root, folder, registry, isThing = () => true }: Registry): readonly string[] => {
  const files = list(root, folder)
    .filter((file) => file.endsWith('.ts') && join(folder, file) !== registry)
    .map((file) => join(folder, file))
    .filter((file) => isThing(read(root, file)));
  const found = reached(root, folder, registry);
  return [
    ...files.filter((file) => !found.has(file)).map((file) => `${file} is not in ${registry}`),
    ...[...found]
      .filter((file) => !existsSync(join(root, file)))
      .map((file) => `${registry} needs ${file}, which is not there`),
    ...unusedImports(root, folder, registry).map(
      (name) => `${registry} imports ${name} and does not list it`,
    ),
  ];
};

/** Numbered files that do not count 1, 2, 3 …: two branches took the same number, or one is missing. */
export const numberFaults = (root: string, folder: string, name: RegExp): readonly string[] => {
  const files = list(root, folder).filter((file) => /^\d/.test(file));
  const numbers = files.map((file) => Number.parseInt(file, 10));
  return files.flatMap((file, index) => {
    if (!name.test(file)) return [`${folder}/${file} is not named ${name.source}`];
    const expected = (numbers[index - 1] ?? 0) + 1;
    return numbers[index] === expected ? [] : [`${folder}/${file} should have the number ${expected}`];
  });
};

const isPack = (value: unknown): value is CheckedPack =>
  typeof value === 'object' && value !== null && 'name' in value && 'build' in value;

/** Loads a pack whether or not sexton.config.ts names it. */
const loadPack = async (root: string, folder: string): Promise<CheckedPack> => {
  const jiti = createJiti(import.meta.url, { interopDefault: false, moduleCache: false });
  const module = await jiti.import<object>(join(root, folder, 'pack.ts'));
  const pack = Object.values(module).find(isPack);
  if (pack) return pack;
  throw new Error(`${folder}/pack.ts exports no pack`);
};

const namesIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.flatMap((each: { readonly name?: string }) => each.name ?? []) : [];

/** Things whose file has another name: `cleanup_magic_links` belongs into cleanup-magic-links.ts. */
const nameFaults = (root: string, folder: string, names: readonly string[]): readonly string[] => {
  const files = list(root, folder).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
  const declared = names.map((name) => `${name.replaceAll(/[ _]/g, '-')}.ts`);
  return [
    ...files
      .filter((file) => !declared.includes(file))
      .map((file) => `${folder}/${file} declares nothing of that name`),
    ...names
      .filter((_, index) => !files.includes(declared[index] ?? ''))
      .map((name) => `${name} is declared, but not in ${folder}/${name.replaceAll(/[ _]/g, '-')}.ts`),
  ];
};

const packFaults = async (root: string, folder: string): Promise<readonly string[]> => {
  const kinds = list(root, folder).filter((kind) => existsSync(join(root, folder, kind, 'index.ts')));
  const listed = new Set(importedFiles(root, join(folder, 'pack.ts')));
  const lists = kinds.flatMap((kind) => {
    const registry = join(folder, kind, 'index.ts');
    const used = listed.has(registry) ? [] : [`${registry} is not in ${folder}/pack.ts`];
    return [...used, ...listFaults({ root, folder: join(folder, kind), registry })];
  });
  const numbers = numberFaults(root, join(folder, 'migrations'), /^\d{3}_[a-z0-9_]+\.sql$/);
  // A list that does not hold what is there may not even load.
  if (lists.length > 0) return [...lists, ...numbers];
  const pack = await loadPack(root, folder);
  const declared: object = pack.build(readPackEnv(pack, {}).values);
  const names = kinds
    .filter((kind) => Array.isArray(Reflect.get(declared, kind)))
    .flatMap((kind) => nameFaults(root, join(folder, kind), namesIn(Reflect.get(declared, kind))));
  const own = pack.name === basename(folder) ? [] : [`${folder} holds the pack ${pack.name}`];
  return [...numbers, ...names, ...own];
};

/** Every pack of the checkout: each of its folders against its list, and each file against what it declares. */
export const packsFaults = async (root: string): Promise<readonly string[]> => {
  const folders = list(root, 'packs').map((name) => join('packs', name));
  return (await Promise.all(folders.map((folder) => packFaults(root, folder)))).flat();
};
