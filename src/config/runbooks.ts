// The pages that alerts point to. A pack with a folder of them has a page for every name that it uses, and each says what
// somebody needs at night.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CatalogRunbook } from '../catalog/catalog.ts';
import type { Fault } from '../catalog/faults/fault.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';
import { RUNBOOK_HEADINGS } from '../domain/runbook.ts';

const PAGE = /\.md$/;

/** Every `runbook` that stands anywhere in what is declared; whole addresses are somebody else's pages. */
const namesIn = (declared: unknown): readonly string[] => {
  if (Array.isArray(declared)) return declared.flatMap(namesIn);
  if (typeof declared !== 'object' || declared === null) return [];
  return Object.entries(declared).flatMap(([field, value]) =>
    field === 'runbook' && typeof value === 'string' ? (URL.canParse(value) ? [] : [value]) : namesIn(value),
  );
};

const headingsMissing = (file: string): readonly string[] => {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  return RUNBOOK_HEADINGS.filter((heading) => !lines.includes(`## ${heading}`));
};

/** The pages of a pack, and what is wrong with those that its declarations name. */
export const packRunbooks = (
  pack: Pick<CheckedPack, 'name' | 'runbooks'>,
  declared: unknown,
): { readonly runbooks: readonly CatalogRunbook[]; readonly faults: readonly Fault[] } => {
  if (pack.runbooks === undefined) return { runbooks: [], faults: [] };
  const place = `pack ${pack.name}.runbooks`;
  const folder = fileURLToPath(pack.runbooks);
  if (!existsSync(folder))
    return { runbooks: [], faults: [{ place, rule: 'must be a folder of Markdown pages', value: folder }] };
  const runbooks = readdirSync(folder)
    .filter((file) => PAGE.test(file))
    .toSorted()
    .map((file) => {
      const name = file.replace(PAGE, '');
      return {
        id: `${pack.name}/runbook/${name}`,
        pack: pack.name,
        name,
        file: join(folder, file),
      };
    });
  const faults = [...new Set(namesIn(declared))].flatMap((name): readonly Fault[] => {
    const page = runbooks.find((each) => each.name === name);
    if (!page)
      return [{ place, rule: `must have ${name}.md: an alert or a job names it`, value: 'no such page' }];
    const missing = headingsMissing(page.file);
    if (missing.length === 0) return [];
    const rule = `must have the headings ${RUNBOOK_HEADINGS.join(' · ')}`;
    return [{ place: `${place}/${name}.md`, rule, value: `no "${missing.join('", no "')}"` }];
  });
  return { runbooks, faults };
};
