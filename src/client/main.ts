// The `sexton` command line: what it is connected to, and one line a command.
import { Command } from 'commander';
import { connectClient, temporalAddress } from '../adapters/temporal/connect.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type Env, processEnv } from '../config/env.ts';
import { loadCatalog } from '../config/load-catalog.ts';
import { withAnnouncedStack } from '../local/embedded-env.ts';
import { packageVersion } from '../local/package-root.ts';
import { registerAnswers } from './commands/answer.ts';
import { registerApply } from './commands/apply.ts';
import { registerApprove } from './commands/approve.ts';
import { registerBatchSize } from './commands/batch-size.ts';
import { registerChecklist } from './commands/checklist.ts';
import { registerControls } from './commands/control.ts';
import { registerDashboard } from './commands/dashboard.ts';
import { registerDeadLetters } from './commands/deadletters.ts';
import { registerDev } from './commands/dev.ts';
import { registerDiagnose } from './commands/diagnose.ts';
import { registerDigest } from './commands/digest.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerFigures } from './commands/figures.ts';
import { registerGateway } from './commands/gateway.ts';
import { registerGrafana } from './commands/grafana.ts';
import { registerHealth } from './commands/health.ts';
import { registerIncident } from './commands/incident.ts';
import { registerIncidents } from './commands/incidents.ts';
import { registerLadder } from './commands/ladder.ts';
import { registerLocks } from './commands/locks.ts';
import { registerNotify } from './commands/notify.ts';
import { registerOnCall } from './commands/oncall.ts';
import { registerPlan } from './commands/plan.ts';
import { registerReleaseLock } from './commands/release-lock.ts';
import { registerReport } from './commands/report.ts';
import { registerReview } from './commands/review.ts';
import { registerRules } from './commands/rules.ts';
import { registerRulesReplay } from './commands/rules-replay.ts';
import { registerRun } from './commands/run.ts';
import { registerRunbook } from './commands/runbook.ts';
import { registerSchedule } from './commands/schedule.ts';
import { registerSeed } from './commands/seed.ts';
import { registerSilence } from './commands/silence.ts';
import { registerWorker } from './commands/worker.ts';
import { registerWorkers } from './commands/workers.ts';
import { confirmOnTerminal } from './confirm.ts';
import type { CommandContext } from './context.ts';
import { explain } from './explain.ts';
import { registerPackCommands } from './pack-commands/register.ts';

const createContext = (env: Env): CommandContext => ({
  out: process.stdout,
  err: process.stderr,
  open: async () => {
    const catalog = await loadCatalog({ env });
    const { client, close } = await connectClient(temporalAddress(env));
    return { catalog, client, close };
  },
});

/** Every command, with a catalog those of its packs too; nothing is connected until one of them runs. */
export const createProgram = (env: Env, catalog?: Catalog): Command => {
  const context = createContext(env);
  const load = () => loadCatalog({ env });
  const program = new Command('sexton')
    .description('Cleanup jobs, monitors and escalations that keep their promises.')
    .version(packageVersion())
    .addHelpText(
      'after',
      '\n`sexton <pack> --help` lists what a pack brings.\nExit codes: 0 yes · 1 no · 2 failed or bad input · 3 could not find out · 4 differences',
    )
    .exitOverride();
  const rulesContext = { load, out: process.stdout, err: process.stderr };
  program.commandsGroup('Setting up and serving:');
  registerPlan(program, context);
  registerApply(program, context);
  registerSeed(program, { env, load, out: process.stdout, err: process.stderr });
  registerDev(program);
  registerWorker(program, { env, load });
  registerGateway(program, { env, load });
  registerGrafana(program, { load, out: process.stdout, err: process.stderr });
  program.commandsGroup('Runs of jobs:');
  registerRun(program, context);
  registerControls(program, context);
  registerApprove(program, context);
  registerBatchSize(program, context);
  registerSchedule(program, context);
  registerDiagnose(program, context);
  registerLocks(program, context);
  registerReleaseLock(program, context);
  program.commandsGroup('What is watched:');
  registerHealth(program, context);
  registerRulesReplay(registerRules(program, rulesContext), rulesContext);
  registerDoctor(program, { env, load, out: process.stdout });
  registerWorkers(program, context);
  program.commandsGroup('Alerts and people:');
  registerIncidents(program, { load, out: process.stdout });
  registerAnswers(program, context);
  registerIncident(program, context);
  registerReview(program, { load, out: process.stdout });
  registerRunbook(program, { load, out: process.stdout });
  registerSilence(program, { load, out: process.stdout, err: process.stderr });
  registerOnCall(program, { load, out: process.stdout });
  registerLadder(program, { load, out: process.stdout });
  registerNotify(program, { env, out: process.stdout, err: process.stderr });
  registerDeadLetters(program, context, { load, out: process.stdout });
  registerFigures(program, { load, out: process.stdout });
  program.commandsGroup('Reports and routines:');
  registerReport(program, { ...context, load });
  registerDigest(program, { ...context, load });
  registerDashboard(program, { load, out: process.stdout });
  registerChecklist(program, context);
  if (catalog)
    registerPackCommands(program, {
      context,
      catalog,
      confirm: confirmOnTerminal,
      again: async (args) => {
        await createProgram(env, catalog).parseAsync([...args], { from: 'user' });
      },
    });
  return program;
};

/** Packs are loaded only for a first word that is none of Sexton's: a broken configuration keeps nobody from the rest. */
const programFor = async (env: Env, argv: readonly string[]): Promise<Command> => {
  const program = createProgram(env);
  const word = argv[0] === 'help' ? argv[1] : argv[0];
  const known = program.commands.some((each) => each.name() === word || each.aliases().includes(word ?? ''));
  if (known || word === undefined || word.startsWith('-') || word === 'help') return program;
  return createProgram(env, await loadCatalog({ env }));
};

/** Parses and runs one command; the exit code is left in `process.exitCode`. */
export const main = async (argv: readonly string[]): Promise<void> => {
  // `sexton … | head` closes the pipe early, which is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  try {
    const program = await programFor(withAnnouncedStack(processEnv()), argv);
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = explain(error, process.stderr);
  }
};
