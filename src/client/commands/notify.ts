// `sexton notify test`: a drill through a real channel, so that a wrong key shows today and not at three in the morning.
// Asks no server but the provider: no incident is opened.
import { type Command, InvalidArgumentError } from 'commander';
import { ConfigurationError } from '../../catalog/faults/fault.ts';
import { alsoOf, type ChannelLogger } from '../../channels/channel.ts';
import { createChannels, isConfigured } from '../../channels/index.ts';
import { CHANNEL_VARIABLES, channelFaults, channelSettings } from '../../config/channels.ts';
import type { Env } from '../../config/env.ts';
import { readVariables } from '../../config/pack-env.ts';
import { targetRule } from '../../domain/alerts/channels.ts';
import { formatTarget, parseTarget, type Target } from '../../domain/alerts/policy.ts';
import { EXIT } from '../context.ts';
import { type Outcome, tryOut } from '../drill.ts';

export interface NotifyContext {
  readonly env: Env;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
  readonly err: Pick<NodeJS.WritableStream, 'write'>;
}

interface NotifyFlags {
  readonly channel: Target;
  readonly resolve?: boolean;
  readonly json?: boolean;
}

const lines = (
  { target, outcome, id, resolved, error }: Outcome,
  { canResolve, resolve }: { readonly canResolve: boolean; readonly resolve: boolean },
): readonly string[] => {
  if (outcome !== 'taken') return [`${target}: ${error ?? outcome}`];
  const open = canResolve ? ['it stays open there until somebody resolves it, or give --resolve'] : [];
  return [
    `${target} took the drill${id === undefined ? '' : ` (${id})`}; taken is not read, so see that it arrived`,
    ...(resolved ? [`${target} was told that it is over`] : open),
    ...(resolve && !canResolve
      ? [`${target} is told of what fires only, so there is nothing to resolve`]
      : []),
  ];
};

const UNCONFIGURED = 'is not configured here; docs/operating.md names its variables';

const checkedSettings = (env: Env) => {
  const faults = [...readVariables({ shape: CHANNEL_VARIABLES, env }).faults, ...channelFaults(env)];
  if (faults.length > 0) throw new ConfigurationError(faults);
  return channelSettings(env);
};

/** Exit code 2 where somebody must change something, 3 where the provider could not be asked. */
const notifyTest = async ({ env, out, err }: NotifyContext, flags: NotifyFlags): Promise<number> => {
  const settings = checkedSettings(env);
  const write = (fields: object): void =>
    void err.write(`${'text' in fields ? String(fields.text) : JSON.stringify(fields)}\n`);
  const logger: ChannelLogger = { info: write, warn: write, error: write };
  const { channel: target, resolve = false, json = false } = flags;
  const channel = isConfigured(settings, target)
    ? createChannels({ settings, logger })[target.channel]
    : undefined;
  const outcome: Outcome = channel
    ? await tryOut(channel, { target, resolve })
    : { target: formatTarget(target), outcome: 'refused', resolved: false, error: UNCONFIGURED };
  if (json) out.write(`${JSON.stringify(outcome)}\n`);
  else {
    const canResolve = channel !== undefined && alsoOf(channel, target.address).includes('resolved');
    const said = outcome.outcome === 'taken' ? out : err;
    for (const line of lines(outcome, { canResolve, resolve })) said.write(`${line}\n`);
  }
  return { taken: EXIT.yes, refused: EXIT.bad, unclear: EXIT.unknown }[outcome.outcome];
};

const targetArgument = (text: string): Target => {
  const target = parseTarget(text);
  const rule = targetRule(target);
  if (rule !== undefined) throw new InvalidArgumentError(rule);
  return target;
};

export const registerNotify = (program: Command, context: NotifyContext): void => {
  program
    .command('notify')
    .description('try the ways to people')
    .command('test')
    .description('send a drill, marked as one, through a channel')
    .requiredOption('--channel <target>', 'such as pagerduty, sentry or slack:ops-alerts', targetArgument)
    .option('--resolve', 'tell it at once that the drill is over, where it takes that')
    .option('--json', 'one JSON object')
    .action(async (flags: NotifyFlags) => {
      process.exitCode = await notifyTest(context, flags);
    });
};
