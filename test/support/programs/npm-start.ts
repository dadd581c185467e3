// `npm start -- --once --json` as a person runs it, with the servers of the test instead of its own.
import type { Env } from '../../../src/config/env.ts';
import type { StoryReport } from '../../../src/local/serve.ts';
import { runCommand } from './command.ts';

export interface Outcome {
  readonly code: number | null;
  readonly report: StoryReport;
  readonly stderr: string;
}

export const npmStartOnce = async (env: Env): Promise<Outcome> => {
  const args = ['scripts/bootstrap.mjs', 'start', '--once', '--json'];
  const { code, stdout, stderr } = await runCommand(process.execPath, args, env);
  try {
    return { code, report: JSON.parse(stdout), stderr };
  } catch (cause) {
    throw new Error(`npm start printed no report (exit ${code}):\n${stderr}`, { cause });
  }
};
