// The file of a new command, and its test: it needs the catalog only. One that needs Temporal takes CommandContext.
import { typeName } from '../names.ts';

export const commandText = (name: string): string => {
  const type = typeName(name);
  const run = `show${type}`;
  return `\
// \`sexton ${name}\`: what is declared to run, and when. As an example: put what you need in its place.
import type { Command } from 'commander';
import type { Catalog } from '../../catalog/catalog.ts';
import { EXIT } from '../context.ts';

interface ${type}Context {
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

interface ${type}Flags {
  readonly json?: boolean;
}

/** Writes one line a job and returns the exit code. */
const ${run} = async ({ load, out }: ${type}Context, { json = false }: ${type}Flags): Promise<number> => {
  const jobs = (await load()).jobs.map(({ id, schedule }) => ({ id, schedule }));
  out.write(json ? \`\${JSON.stringify({ jobs })}\\n\` : jobs.map(({ id, schedule }) => \`\${schedule}  \${id}\\n\`).join(''));
  return jobs.length > 0 ? EXIT.yes : EXIT.no;
};

/** Adds \`${name}\` to the program; the exit code goes to process.exitCode. */
export const register${type} = (program: Command, context: ${type}Context): void => {
  program
    .command('${name}')
    .description('show what is declared to run, and when')
    .option('--json', 'one JSON object')
    .action(async (flags: ${type}Flags) => {
      process.exitCode = await ${run}(context, flags);
    });
};
`;
};

export const commandTest = (name: string): string => {
  const type = typeName(name);
  return `\
// \`sexton ${name}\` as a person uses it: arguments in, text and exit code out.
import { Command } from 'commander';
import { afterEach, expect, it } from 'vitest';
import { register${type} } from '../../src/client/commands/${name}.ts';
import { loadCatalog } from '../../src/config/load-catalog.ts';

const load = () => loadCatalog({ env: { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' } });

const printed = async (...args: readonly string[]): Promise<string> => {
  let text = '';
  const out = { write: (part: string | Uint8Array) => Boolean((text += String(part))) };
  const program = new Command().exitOverride();
  register${type}(program, { load, out });
  await program.parseAsync(['${name}', ...args], { from: 'user' });
  return text;
};

afterEach(() => {
  process.exitCode = undefined;
});

it('${name} shows every job with its schedule, on a terminal and as JSON', async () => {
  const jobs = (await load()).jobs.map(({ id, schedule }) => ({ id, schedule }));
  expect(await printed()).toBe(jobs.map(({ id, schedule }) => \`\${schedule}  \${id}\\n\`).join(''));
  expect(process.exitCode).toBe(0);
  expect(JSON.parse(await printed('--json'))).toEqual({ jobs });
});
`;
};
