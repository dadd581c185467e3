// `sexton grafana render` and `sexton grafana rules`: what packs declare, as files for Grafana and Prometheus.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Catalog } from '../../catalog/catalog.ts';
import { EXIT } from '../context.ts';

export interface GrafanaContext {
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
  readonly err: Pick<NodeJS.WritableStream, 'write'>;
}

/** Writes dashboards and rules below a folder; files of the same name are replaced, others are left alone. */
export const renderGrafana = async (
  { load, out }: GrafanaContext,
  { out: folder, json }: { readonly out: string; readonly json?: boolean },
): Promise<number> => {
  const { renderedFiles } = await import('../../grafana/files.ts');
  const files = renderedFiles(await load());
  for (const { path, text } of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const paths = files.map(({ path }) => join(folder, path));
  out.write(json ? `${JSON.stringify({ files: paths })}\n` : `${paths.join('\n')}\n`);
  return EXIT.yes;
};

interface RulesFlags {
  readonly format: 'prometheus' | 'grafana';
  readonly pack?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** What cannot be said is named on stderr; the file is sound without it. */
export const exportRulesTo = async (
  { load, out, err }: GrafanaContext,
  { format, pack, out: file, json }: RulesFlags,
): Promise<number> => {
  const { exportRules } = await import('../../grafana/rules/exported.ts');
  const { leftOutLines, prometheusRules } = await import('../../grafana/rules/prometheus.ts');
  const { grafanaRules } = await import('../../grafana/rules/grafana.ts');
  const catalog = await load();
  if (pack !== undefined && !catalog.packs.some(({ name }) => name === pack)) {
    err.write(`no pack ${pack}; there are: ${catalog.packs.map(({ name }) => name).join(', ')}\n`);
    return EXIT.bad;
  }
  const exported = exportRules(catalog, pack);
  const text = format === 'prometheus' ? prometheusRules(exported) : grafanaRules(exported);
  const leftOut = leftOutLines(exported);
  if (file !== undefined) await writeFile(file, text);
  if (json) out.write(`${JSON.stringify({ format, ...(file !== undefined && { file }), text, leftOut })}\n`);
  else if (file === undefined) out.write(text);
  for (const line of leftOut) err.write(`not exported: ${line}\n`);
  return EXIT.yes;
};

/** Adds `grafana` with its commands to the program; the exit code goes to process.exitCode. */
export const registerGrafana = (program: Command, context: GrafanaContext): void => {
  const command = program.command('grafana').description('what packs declare, for Grafana and Prometheus');
  command
    .command('render')
    .description('write every dashboard and every rule as provisioning files')
    .requiredOption('--out <folder>', 'made where it is not there')
    .option('--json', 'one JSON object')
    .action(async (flags: { out: string; json?: boolean }) => {
      process.exitCode = await renderGrafana(context, flags);
    });
  command
    .command('rules')
    .description('rules of monitors as a rule file; names on stderr what PromQL cannot say')
    .addOption(
      new Option('--format <format>', 'whose words').choices(['prometheus', 'grafana']).default('prometheus'),
    )
    .option('--pack <name>', 'of one pack only')
    .option('--out <file>', 'default: stdout')
    .option('--json', 'one JSON object: the file as text, and what was left out')
    .action(async (flags: RulesFlags) => {
      process.exitCode = await exportRulesTo(context, flags);
    });
};
