// `sexton incident drill ALERT`: an alert's whole escalation in little time, to a sandbox, marked as a drill (DRAFT-66).
// `sexton incident drills` lists which alerts were exercised and when.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import Table from 'cli-table3';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createObserve } from '../../activities/alerts/observe.ts';
import { listMessages } from '../../adapters/postgres/alerts/incident-list.ts';
import { markHandedOver } from '../../adapters/postgres/alerts/incidents.ts';
import { tellEscalation } from '../../adapters/temporal/start-escalation.ts';
import { type Catalog, UnknownNameError } from '../../catalog/catalog.ts';
import { targetRule } from '../../domain/alerts/channels.ts';
import { type Drillable, drillReport } from '../../domain/alerts/drill.ts';
import { ladderLines } from '../../domain/alerts/ladder-text.ts';
import { parseTarget } from '../../domain/alerts/policy.ts';
import { SEVERITIES, type Severity } from '../../domain/alerts/severity.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';
import { drillables, readDrilled } from '../drills.ts';
import { knownName } from '../known-name.ts';
import { tell } from '../tell.ts';
import { withPool } from '../with-pool.ts';

interface DrillFlags {
  readonly severity?: Severity;
  readonly to: string;
  readonly factor: number;
  readonly follow?: boolean;
  readonly by?: string;
  readonly json?: boolean;
}

/** A message that is under way is waited for so long after it was due. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 500;

const findDrillable = (catalog: Catalog, name: string): Drillable => {
  const all = drillables(catalog);
  const idOf = (each: Drillable): string => `${each.pack}/${each.name}`;
  const ids = all.filter((each) => each.name === name).map(idOf);
  if (ids.length > 1)
    throw new UnknownNameError(`alert ${name} is in several packs, so name one: ${ids.join(', ')}`, ids);
  const named = all.map((each) => [name.includes('/') ? idOf(each) : each.name, each] as const);
  return knownName('alert', Object.fromEntries(named), name);
};

const drill = (context: CommandContext, name: string, flags: DrillFlags): Promise<number> =>
  inSession(context, async (session) => {
    const { severity, to, factor, follow = false, by = userInfo().username, json } = flags;
    const alert = findDrillable(session.catalog, name);
    const say = (refused: string): number => tell(context, { refused }, { json, text: String });
    const band = severity ? alert.bands.find((each) => each.severity === severity) : alert.bands[0];
    if (!band) return say(`${name} never has severity ${severity}`);
    const id = randomUUID().slice(0, 8);
    const at = new Date().toISOString();
    const report = drillReport(alert, { id, band, factor, to, by, at });
    const policy = report?.rule.routes[band.severity];
    if (!report || !policy) return say(`${name} of severity ${band.severity} goes to nobody`);
    return withPool(session.catalog.home.url, async (home) => {
      const found = await createObserve({ databases: { home, of: () => undefined, close: async () => {} } })({
        reports: [report],
      });
      const own = found.find(({ incident }) => incident.labels?.['drill'] === id);
      if (!own) return say(`a silence or window holds every alert of ${alert.pack}; nobody is told now`);
      if (await tellEscalation(session.client, own)) await markHandedOver(home, own.number, own.seq);
      const started = { drill: id, alert: alert.name, incident: own.incident.id, factor, to };
      const steps = ladderLines(policy).map(({ tier, afterSeconds }) => `  ${tier} after ${afterSeconds} s`);
      if (!follow) {
        const text = (): string =>
          [
            `${own.incident.id}: drill of ${alert.name}, told to ${to}`,
            ...steps,
            `  ends by \`sexton resolve ${own.number}\``,
          ].join('\n');
        return tell(context, { answer: started }, { json, text });
      }
      const tiers = policy.tiers.filter(({ notify }) => notify.length > 0).map((tier) => tier.name);
      const lastMs = Math.max(...policy.tiers.map(({ afterSeconds }) => afterSeconds)) * 1000;
      const messages = await untilTold({ home, number: own.number, tiers, withinMs: lastMs + PATIENCE_MS });
      const told = messages.map((each) => ({
        tier: each.tier,
        at: each.at,
        state: each.state,
        error: each.error,
      }));
      const missing = tiers.filter(
        (tier) => !told.some((each) => each.tier === tier && each.state === 'sent'),
      );
      await over(session, own.workflowId, by);
      const answer = { ...started, tested: missing.length === 0, told, missing };
      const text = (): string =>
        [
          `${own.incident.id}: drill of ${alert.name}, told to ${to}`,
          ...told.map(
            (each) => `  ${each.at}  ${each.tier}: ${each.state}${each.error ? `, ${each.error}` : ''}`,
          ),
          missing.length === 0
            ? '  every step was told; resolved'
            : `  not told: ${missing.join(', ')}; resolved`,
        ].join('\n');
      const code = tell(context, { answer }, { json, text });
      return missing.length === 0 ? code : EXIT.no;
    });
  });

interface Waiting {
  readonly home: Parameters<typeof listMessages>[0];
  readonly number: number;
  readonly tiers: readonly string[];
  readonly withinMs: number;
}

/** Its messages once each tier has one that has ended, or time is up. */
const untilTold = async ({ home, number, tiers, withinMs }: Waiting) => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const messages = await listMessages(home, number);
    const ended = new Set(messages.filter(({ state }) => state !== 'claimed').map(({ tier }) => tier));
    if (tiers.every((tier) => ended.has(tier)) || Date.now() > deadline) return messages;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
};

const over = async ({ client }: Session, workflowId: string, by: string): Promise<void> => {
  const event = { by, eventId: randomUUID(), note: 'the drill is over' };
  await client.workflow.getHandle(workflowId).executeUpdate('resolve', { args: [event] });
};

interface DrillsFlags {
  readonly pack?: string;
  readonly json?: boolean;
}

const drills = (
  context: CommandContext,
  names: readonly string[],
  { pack, json = false }: DrillsFlags,
): Promise<number> =>
  inSession(context, async ({ catalog }) => {
    const named = names.map((name) => findDrillable(catalog, name));
    const meant = (named.length > 0 ? named : drillables(catalog)).filter(
      (each) => pack === undefined || each.pack === pack,
    );
    const drilled = await withPool(catalog.home.url, readDrilled);
    const alerts = meant.map(({ pack: of, name }) => {
      const last = drilled.find((each) => each.pack === of && each.alert === name);
      return {
        pack: of,
        alert: name,
        tested: last !== undefined,
        at: last?.at ?? null,
        incident: last?.incident ?? null,
      };
    });
    const tested = alerts.filter((each) => each.tested).length;
    const rows = new Table({ head: ['alert', 'tested', 'incident'], style: { head: [], border: [] } });
    for (const each of alerts)
      rows.push([`${each.pack}/${each.alert}`, each.at ?? 'never', each.incident ?? '']);
    context.out.write(
      json
        ? `${JSON.stringify({ tested, of: alerts.length, alerts })}\n`
        : `${rows.toString()}\n${tested} of ${alerts.length} tested\n`,
    );
    return tested === alerts.length ? EXIT.yes : EXIT.no;
  });

const factorArgument = (text: string): number => {
  const factor = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && factor >= 1 && factor <= 100_000) return factor;
  throw new InvalidArgumentError('must be a number from 1 to 100,000.');
};

const targetArgument = (text: string): string => {
  const rule = targetRule(parseTarget(text));
  if (rule !== undefined) throw new InvalidArgumentError(rule);
  return text;
};

/** Adds both to `incident`; the exit code goes to process.exitCode. */
export const registerDrills = (incident: Command, context: CommandContext): void => {
  incident
    .command('drill')
    .argument('<alert>', 'name of its rule, or <pack>/<rule>')
    .description('exercise an alert: its whole escalation in little time, to a sandbox, marked as a drill')
    .option('--to <target>', 'told in everybody’s place, such as slack:sandbox', targetArgument, 'log')
    .option('--factor <n>', 'so many times faster than in earnest', factorArgument, 600)
    .addOption(
      new Option('--severity <severity>', 'which of its severities; default: the lowest').choices(SEVERITIES),
    )
    .option('--follow', 'wait until every step was told, then resolve it; exit 1 where one was not')
    .option('--by <name>', 'who asks; default: the user of this terminal')
    .option('--json', 'one JSON object')
    .action(async (name: string, flags: DrillFlags) => {
      process.exitCode = await drill(context, name, flags);
    });
  incident
    .command('drills')
    .argument('[alerts...]', 'only these; default: all')
    .description('which alerts were exercised, and when; exit 1 while one never was')
    .option('--pack <name>', 'only those of the pack')
    .option('--json', 'one JSON object')
    .action(async (names: readonly string[], flags: DrillsFlags) => {
      process.exitCode = await drills(context, names, flags);
    });
};
