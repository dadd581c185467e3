// Every list that names the files of a folder, against the folder: nothing is written and then forgotten.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listFaults, numberFaults, packsFaults } from '../support/packs/registries.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SQL = /^\d{3}_[a-z0-9_]+\.sql$/;
const ADR = /^\d{4}-[a-z0-9-]+\.md$/;

describe('this repository', () => {
  it('lists every file of every kind of every pack, under the name that it declares', async () => {
    expect(await packsFaults(ROOT)).toEqual([]);
  });

  it.each([
    ['command', 'src/client/commands', 'src/client/main.ts'],
    ['kind that `npm run new` writes', 'scripts/new/kinds', 'scripts/new/kinds/index.ts'],
  ])('has every %s in its list', (_, folder, registry) => {
    expect(listFaults({ root: ROOT, folder, registry })).toEqual([]);
  });

  it('has every channel in its list', () => {
    const isThing = (text: string) => /export const create\w+Channel\b/.test(text);
    const channels = { root: ROOT, folder: 'src/channels', registry: 'src/channels/index.ts' };
    expect(listFaults({ ...channels, isThing })).toEqual([]);
  });

  it.each(['home', 'target', 'shared'])('counts the migrations of %s without a gap or a double', (folder) => {
    expect(numberFaults(ROOT, `src/adapters/postgres/migrations/${folder}`, SQL)).toEqual([]);
  });

  it('counts decisions without a gap or a double', () => {
    expect(numberFaults(ROOT, 'docs/adr', ADR)).toEqual([]);
  });
});

describe('a pack', () => {
  let root: string;
  const put = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sexton-registries-'));
    put(
      'packs/shop/pack.ts',
      "import { jobs } from './jobs/index.ts';\n" +
        "export const shop = { name: 'shop', databases: {}, env: {}, build: () => ({ jobs }) };",
    );
    put(
      'packs/shop/jobs/index.ts',
      "import { sweep } from './sweep-carts.ts';\nexport const jobs = [sweep];",
    );
    put('packs/shop/jobs/sweep-carts.ts', "export const sweep = { name: 'sweep_carts' };");
    put('packs/shop/migrations/001_carts.sql', '-- Up Migration');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('whose lists and folders agree has no fault', async () => {
    expect(await packsFaults(root)).toEqual([]);
  });

  it('is at fault for files that no list names, whatever their kind', async () => {
    put('packs/shop/jobs/lost.ts', 'export const lost = 1;');
    put('packs/shop/monitors/index.ts', 'export const monitors = [];');
    expect(await packsFaults(root)).toEqual([
      'packs/shop/jobs/lost.ts is not in packs/shop/jobs/index.ts',
      'packs/shop/monitors/index.ts is not in packs/shop/pack.ts',
    ]);
  });

  it('is at fault for what a list imports and does not list, or what is not there', async () => {
    put('packs/shop/jobs/index.ts', "import { gone } from './gone.ts';\nexport const jobs = [];");
    expect(await packsFaults(root)).toEqual([
      'packs/shop/jobs/sweep-carts.ts is not in packs/shop/jobs/index.ts',
      'packs/shop/jobs/index.ts needs packs/shop/jobs/gone.ts, which is not there',
      'packs/shop/jobs/index.ts imports gone and does not list it',
    ]);
  });

  it('is at fault for a declared name that is not the file’s, and for a folder of another name', async () => {
    put('packs/shop/jobs/sweep-carts.ts', "export const sweep = { name: 'sweep_baskets' };");
    expect(await packsFaults(root)).toEqual([
      'packs/shop/jobs/sweep-carts.ts declares nothing of that name',
      'sweep_baskets is declared, but not in packs/shop/jobs/sweep-baskets.ts',
    ]);
    renameSync(join(root, 'packs/shop'), join(root, 'packs/store'));
    expect(await packsFaults(root)).toContain('packs/store holds the pack shop');
  });

  it('is at fault for a migration’s number that is taken twice, or left out', async () => {
    put('packs/shop/migrations/001_other.sql', '-- Up Migration');
    put('packs/shop/migrations/004-late.sql', '-- Up Migration');
    put('packs/shop/migrations/005_later.sql', '-- Up Migration');
    expect(await packsFaults(root)).toEqual([
      'packs/shop/migrations/001_other.sql should have the number 2',
      'packs/shop/migrations/004-late.sql is not named ^\\d{3}_[a-z0-9_]+\\.sql$',
    ]);
  });
});
