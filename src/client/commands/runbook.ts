// `sexton runbook`: the page that an alert points to, in the terminal at hand.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Catalog, findRunbook } from '../../catalog/catalog.ts';
import { EXIT } from '../context.ts';

export interface RunbookContext {
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

const titleOf = (page: string): string => /^# (.+)$/m.exec(page)?.[1] ?? '';

const list = async ({ runbooks }: Catalog, { out }: RunbookContext, json: boolean): Promise<number> => {
  const pages = await Promise.all(
    runbooks.map(async ({ id, name, file }) => ({ id, name, title: titleOf(await readFile(file, 'utf8')) })),
  );
  const width = Math.max(0, ...pages.map(({ id }) => id.length));
  const lines = pages.map(({ id, title }) => `${id.padEnd(width)}  ${title}\n`).join('');
  out.write(json ? `${JSON.stringify({ runbooks: pages })}\n` : lines || 'no pack has runbooks\n');
  return EXIT.yes;
};

const show = async (catalog: Catalog, { out }: RunbookContext, { name, json }: Asked): Promise<number> => {
  const { id, file } = findRunbook(catalog, name);
  const text = await readFile(file, 'utf8');
  out.write(json ? `${JSON.stringify({ id, title: titleOf(text), text })}\n` : text);
  return EXIT.yes;
};

interface Asked {
  readonly name: string;
  readonly json: boolean;
}

/** Adds `runbook` to the program; the exit code goes to process.exitCode. */
export const registerRunbook = (program: Command, context: RunbookContext): void => {
  program
    .command('runbook')
    .description('the page that an alert points to; without a name, all of them')
    .argument('[name]', 'as the alert says it')
    .option('--json', 'one JSON object')
    .action(async (name: string | undefined, { json = false }: { json?: boolean }) => {
      const catalog = await context.load();
      process.exitCode = await (name === undefined
        ? list(catalog, context, json)
        : show(catalog, context, { name, json }));
    });
};
