// `sexton incident retry ID`: runs the failed job of an incident again. An update of its escalation, like the answers.
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { type AnswerFlags, answer } from './answer.ts';
import { registerDrills } from './incident-drill.ts';

/** Adds `incident` to the program; the exit code goes to process.exitCode. */
export const registerIncident = (program: Command, context: CommandContext): void => {
  const incident = program
    .command('incident')
    .description(
      "act on an incident's failed run, or exercise an alert; answers are ack, snooze, resolve and escalate",
    );
  incident
    .command('retry')
    .argument('<incident>', 'number, or <pack>/<rule>/<number>')
    .description(
      'start the run that makes good for the failed one: one per failed run, with what is declared now; asked ' +
        'again, it answers with that run',
    )
    .option('--keep-cutoff', "take the failed run's own cutoff instead of a new one")
    .option('--note <text>', 'goes into the timeline')
    .option('--by <name>', 'who asks; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (id: string, flags: AnswerFlags) => {
      process.exitCode = await answer(context, { update: 'retry', id, flags });
    });
  registerDrills(incident, context);
};
