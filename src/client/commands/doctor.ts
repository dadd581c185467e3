// `sexton doctor`: whether everything that Sexton lives by is there and well, one line a check.
import type { Command } from 'commander';
import { temporalAddress } from '../../adapters/temporal/connect.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { blobSettings } from '../../config/blob.ts';
import { channelSettings } from '../../config/channels.ts';
import type { Env } from '../../config/env.ts';
import { heartbeatSettings } from '../../config/worker-env.ts';
import { checkLines, exitCodeOf } from '../doctor/check.ts';
import { examine } from '../doctor/index.ts';

export interface DoctorContext {
  readonly env: Env;
  readonly load: () => Promise<Catalog>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
}

/** Exit code 0 all well, 1 a warning, 2 a fault, 3 something did not answer or refused the credentials. */
export const doctor = async (
  { env, load, out }: DoctorContext,
  { json = false }: { readonly json?: boolean },
): Promise<number> => {
  const checks = await examine({
    catalog: await load(),
    temporal: temporalAddress(env),
    channels: channelSettings(env),
    blobs: blobSettings(env),
    hasHeartbeat: heartbeatSettings(env) !== undefined,
  });
  out.write(json ? `${JSON.stringify({ checks })}\n` : `${checkLines(checks).join('\n')}\n`);
  return exitCodeOf(checks);
};

export const registerDoctor = (program: Command, context: DoctorContext): void => {
  program
    .command('doctor')
    .description('look at everything Sexton lives by; exit 1 a warning, 2 a fault, 3 no answer')
    .option('--json', 'one JSON object')
    .action(async (options: { readonly json?: boolean }) => {
      process.exitCode = await doctor(context, options);
    });
};
