// A job that retires what Sexton itself wrote down, for a pack to declare like any other of its jobs: one for the home
// database, one for each database that jobs work on. What is open, waits for somebody or holds a duty never goes.
import { CANARY, SELF_PACK } from '../../domain/alerts/self.ts';
import { TERMINAL_ACTIONS } from '../../domain/jobs/audit.ts';
import { number } from '../variables.ts';
import type { JobAlertsDefinition } from './alerts.ts';
import type { EnvOf, JobDefinition } from './pack.ts';
import type { DeleteStepDefinition, SelectionDefinition } from './steps.ts';

/** Below two days reconcile might still ask. */
const days = { atLeast: 2, atMost: 36_500, whole: true };

/** For how long history is kept, in days: variables for the `env` of a pack that declares a history job. */
export const historyEnv = {
  /** Of runs and health reports. */
  SEXTON_KEEP_RUNS_DAYS: number(days).default(400),
  /** Of incidents and of the messages that were sent about them, from their close. */
  SEXTON_KEEP_INCIDENTS_DAYS: number(days).default(400),
  /** Of what monitors measured. Rules that compare with the past see no further. */
  SEXTON_KEEP_SAMPLES_DAYS: number(days).default(400),
  /** Of batches, attempts and throttle holds, which explain a run in detail. */
  SEXTON_KEEP_LEDGER_DAYS: number(days).default(30),
  /** Of items in the manual resolution queue, from when somebody resolved them. */
  SEXTON_KEEP_RESOLVED_DAYS: number(days).default(400),
};

export interface HistoryJobOptions {
  /** Database of the pack, by its name. */
  readonly database: string;
  /** It is Sexton's own (`{ home: true }`), so runs and incidents are there as well. Default false. */
  readonly home?: boolean;
  /** The checked values of `historyEnv`. */
  readonly keep: EnvOf<typeof historyEnv>;
  /** Default `cleanup_history`. Two jobs that share a name share a lock. */
  readonly name?: string;
  readonly owner: string;
  /** Five cron fields, in UTC. Default `40 4 * * *`. */
  readonly schedule?: string;
  readonly alerts?: JobAlertsDefinition;
}

type Table = Omit<SelectionDefinition, 'database'> & {
  readonly days: number;
  /** Of the step, where its table has several. */
  readonly step?: string;
};

/** Runs whose ending is told. Asked as a list, so that no column of the table it is asked of is shadowed. */
const ENDED = `(SELECT ended.run_id FROM sexton.audit_log ended WHERE ended.action IN
  (${TERMINAL_ACTIONS.map((action) => `'${action}'`).join(', ')}))`;

/** Closed, and nobody owes a report of it. */
const OVER = "state = 'closed' AND review IS DISTINCT FROM 'open'";

const age = (column: string): Table['age'] => ({ column, olderThan: '' });

/** There are hundreds a day, and nobody asks for an old one. */
const KEEP_CANARIES_DAYS = 7;

const CANARY_OVER = `pack = '${SELF_PACK}' AND rule = '${CANARY.rule}' AND state = 'closed'`;

const homeTables = (keep: HistoryJobOptions['keep']): readonly Table[] => [
  {
    step: 'canary_outbox',
    table: 'sexton.outbox',
    key: ['incident', 'wake', 'channel', 'address'],
    days: KEEP_CANARIES_DAYS,
    age: age('claimed_at'),
    where: `incident IN (SELECT number FROM sexton.incident WHERE ${CANARY_OVER} AND closed_at <
      date_trunc('day', sexton.now()) - interval '${KEEP_CANARIES_DAYS} days')`,
  },
  {
    step: 'canary_incident',
    table: 'sexton.incident',
    key: ['number'],
    days: KEEP_CANARIES_DAYS,
    age: age('closed_at'),
    where: `${CANARY_OVER} AND NOT EXISTS (SELECT 1 FROM sexton.outbox WHERE incident = number)`,
  },
  {
    table: 'sexton.outbox',
    key: ['incident', 'wake', 'channel', 'address'],
    days: keep.SEXTON_KEEP_INCIDENTS_DAYS,
    age: age('claimed_at'),
    // A message goes with its incident. By whole days: what falls due while a run goes on would be left over at its end.
    where: `incident IN (SELECT number FROM sexton.incident WHERE ${OVER} AND closed_at <
      date_trunc('day', sexton.now()) - interval '${keep.SEXTON_KEEP_INCIDENTS_DAYS} days')`,
  },
  {
    table: 'sexton.incident',
    key: ['number'],
    days: keep.SEXTON_KEEP_INCIDENTS_DAYS,
    age: age('closed_at'),
    // A message that could not go yet keeps its incident until the next run.
    where: `${OVER} AND NOT EXISTS (SELECT 1 FROM sexton.outbox WHERE incident = number)`,
  },
  { table: 'sexton.run', key: ['run_id'], days: keep.SEXTON_KEEP_RUNS_DAYS, age: age('ended_at') },
  {
    // Each with its results.
    table: 'sexton.health_report',
    key: ['id'],
    days: keep.SEXTON_KEEP_RUNS_DAYS,
    age: age('at'),
  },
  {
    table: 'sexton.sample',
    key: ['series', 'at'],
    days: keep.SEXTON_KEEP_SAMPLES_DAYS,
    age: age('at'),
  },
  {
    table: 'sexton.series',
    key: ['id'],
    days: keep.SEXTON_KEEP_SAMPLES_DAYS,
    age: age('created_at'),
    // One that goes on being measured keeps its name.
    where: 'NOT EXISTS (SELECT 1 FROM sexton.sample WHERE series = id)',
  },
  // These say themselves until when they are kept: a digest's reports for as long as the digest.
  { table: 'sexton.report', key: ['id'], days: 0, age: age('keep_until') },
  { table: 'sexton.digest', key: ['letter'], days: 0, age: age('keep_until') },
  { table: 'sexton.letter_message', key: ['letter', 'target'], days: 0, age: age('keep_until') },
  { table: 'sexton.letter', key: ['id'], days: 0, age: age('keep_until') },
];

const targetTables = (keep: HistoryJobOptions['keep']): readonly Table[] => [
  {
    table: 'sexton.ledger',
    key: ['run_id', 'step', 'lane', 'seq'],
    days: keep.SEXTON_KEEP_LEDGER_DAYS,
    age: age('at'),
    where: `run_id IN ${ENDED}`,
  },
  {
    table: 'sexton.attempt',
    key: ['run_id', 'slice', 'attempt'],
    days: keep.SEXTON_KEEP_LEDGER_DAYS,
    age: age('at'),
    where: `run_id IN ${ENDED}`,
  },
  {
    table: 'sexton.hold',
    key: ['seq'],
    days: keep.SEXTON_KEEP_LEDGER_DAYS,
    age: age('started_at'),
    where: `ended_at IS NOT NULL AND run_id IN ${ENDED}`,
  },
  {
    table: 'sexton.control',
    key: ['scope', 'subject'],
    days: keep.SEXTON_KEEP_LEDGER_DAYS,
    age: age('at'),
    where: `scope = 'run' AND subject IN ${ENDED}`,
  },
  {
    table: 'sexton.manual_resolution_queue',
    key: ['id'],
    days: keep.SEXTON_KEEP_RESOLVED_DAYS,
    age: age('resolved_at'),
    where: "status = 'resolved'",
  },
];

/** Children before what they refer to. The audit log stays: it is append-only, and no job of ours undoes that. */
export const historyJob = ({
  database,
  home = false,
  keep,
  name = 'cleanup_history',
  owner,
  schedule = '40 4 * * *',
  alerts,
}: HistoryJobOptions): JobDefinition => {
  const tables = [...(home ? homeTables(keep) : []), ...targetTables(keep)];
  const steps = tables.map(
    ({ days: kept, age: own, step, ...table }): DeleteStepDefinition => ({
      name: step ?? table.table.slice('sexton.'.length),
      action: 'delete',
      batch: 5000,
      selection: { database, ...table, age: { ...own, olderThan: `${kept}d` } },
    }),
  );
  return {
    name,
    summary: `Retires what Sexton wrote down of ${home ? 'runs, incidents, samples, reports and batches' : 'batches'} that nobody asks for any more`,
    owner,
    resourceType: 'sexton_history',
    schedule,
    budget: '30m',
    // The first run after a long time may take nearly all of a table, and each condition is Sexton's own.
    guard: { maxShare: 1 },
    ...(alerts && { alerts }),
    steps,
  };
};
