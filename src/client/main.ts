// The `sexton` command line: what it is connected to, and one line a command.
import { Command } from 'commander';
import { connectClient, temporalAddress } from '../adapters/temporal/connect.ts';
import { type Env, processEnv } from '../config/env.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import { withAnnouncedStack } from '../local/embedded-env.ts';
import { registerAnswers } from './commands/answer.ts';
import { registerApply } from './commands/apply.ts';
import { registerApprove } from './commands/approve.ts';
import { registerBatchSize } from './commands/batch-size.ts';
import { registerControls } from './commands/control.ts';
import { registerDeadLetters } from './commands/deadletters.ts';
import { registerDev } from './commands/dev.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerFigures } from './commands/figures.ts';
import { registerIncident } from './commands/incident.ts';
import { registerIncidents } from './commands/incidents.ts';
import { registerLadder } from './commands/ladder.ts';
import { registerLocks } from './commands/locks.ts';
import { registerNotify } from './commands/notify.ts';
import { registerOnCall } from './commands/oncall.ts';
import { registerPlan } from './commands/plan.ts';
import { registerReleaseLock } from './commands/release-lock.ts';
import { registerReview } from './commands/review.ts';
import { registerRules } from './commands/rules.ts';
import { registerRulesReplay } from './commands/rules-replay.ts';
import { registerRun } from './commands/run.ts';
import { registerRunbook } from './commands/runbook.ts';
import { registerSchedule } from './commands/schedule.ts';
import { registerSeed } from './commands/seed.ts';
import { registerSilence } from './commands/silence.ts';
import { registerWorker } from './commands/worker.ts';
import type { CommandContext } from './context.ts';
import { explain } from './explain.ts';

const createContext = (env: Env): CommandContext => ({
  out: process.stdout,
  err: process.stderr,
  open: async () => {
    const catalog = await loadCatalog({ env });
    const { client, close } = await connectClient(temporalAddress(env));
    return { catalog, client, close };
  },
});

/** Every command; nothing is connected until one of them runs. */
export const createProgram = (env: Env): Command => {
  const context = createContext(env);
  const load = () => loadCatalog({ env });
  const program = new Command('sexton')
    .description('Cleanup jobs and escalations that keep their promises.')
    .addHelpText(
      'after',
      '\nExit codes: 0 yes · 1 no · 2 failed or bad input · 3 could not find out · 4 differences',
    )
    .exitOverride();
  registerPlan(program, context);
  registerApply(program, context);
  registerRun(program, context);
  registerControls(program, context);
  registerApprove(program, context);
  registerBatchSize(program, context);
  registerSchedule(program, context);
  const rulesContext = { load, out: process.stdout, err: process.stderr };
  registerRulesReplay(registerRules(program, rulesContext), rulesContext);
  registerIncidents(program, { load, out: process.stdout });
  registerDeadLetters(program, context, { load, out: process.stdout });
  registerSilence(program, { load, out: process.stdout, err: process.stderr });
  registerAnswers(program, context);
  registerIncident(program, context);
  registerReview(program, { load, out: process.stdout });
  registerLadder(program, { load, out: process.stdout });
  registerOnCall(program, { load, out: process.stdout });
  registerDoctor(program, { env, load, out: process.stdout });
  registerFigures(program, { load, out: process.stdout });
  registerRunbook(program, { load, out: process.stdout });
  registerLocks(program, context);
  registerReleaseLock(program, context);
  registerNotify(program, { env, out: process.stdout, err: process.stderr });
  registerSeed(program, { env, load, out: process.stdout, err: process.stderr });
  registerWorker(program, { env, load });
  registerDev(program);
  return program;
};

/** Parses and runs one command; the exit code is left in `process.exitCode`. */
export const main = async (argv: readonly string[]): Promise<void> => {
  // `sexton … | head` closes the pipe early, which is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  const program = createProgram(withAnnouncedStack(processEnv()));
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = explain(error, process.stderr);
  }
};
