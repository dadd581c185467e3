// The second half of the story: a run breaks a small budget while it runs, somebody is told, somebody acknowledges,
// and then, fast-forwarded past every later tier, nobody else is told.
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import { isoSql } from '../../adapters/postgres/iso.ts';
import { fastForward } from '../../adapters/temporal/fast-forward.ts';
import { startRun } from '../../adapters/temporal/start-run.ts';
import type { CatalogJob } from '../../catalog/catalog.ts';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import type { Answer } from '../../domain/alerts/escalation.ts';
import type { LadderState } from '../../domain/alerts/ladder.ts';
import { formatDuration } from '../../domain/duration.ts';
import { poll } from './poll.ts';
import { withClient } from './tables.ts';
import { type Telling, workflowLink } from './tell.ts';

/** Part of what `npm start -- --once --json` prints. */
export interface IncidentReport {
  readonly workflowId: string;
  readonly severity: string;
  readonly notifications: readonly { readonly tier: string; readonly channel: string; readonly at: string }[];
  readonly acknowledgedBy: string | undefined;
  /** Tiers that the acknowledgement spared people, proved by fast-forwarding past them. */
  readonly tiersNotReached: readonly string[];
  readonly problems: readonly string[];
}

const BUDGET_SECONDS = 2;
/** 30,000 rows take five seconds: two and a half times the budget. */
const ROWS_PER_SECOND = 6_000;
const PAST_LAST_TIER_SECONDS = 60;

export const tellIncident = async (telling: Telling, job: CatalogJob): Promise<IncidentReport> => {
  const { by, client, say, catalog } = telling;
  say(
    `${job.name} again, with a budget of ${formatDuration(BUDGET_SECONDS)} at ` +
      `${ROWS_PER_SECOND.toLocaleString('en-US')} rows/s: it will break it while it runs`,
  );
  const request = { by, budgetSeconds: BUDGET_SECONDS, rowsPerSecond: ROWS_PER_SECOND };
  const handle = await startRun(client, job.snapshot, request);
  return withClient(catalog.home.url, async (home) => {
    const { number, workflowId } = await criticalIncident(home, handle.firstExecutionRunId);
    say(`  the incident's escalation:\n  ${workflowLink(telling.uiUrl, workflowId) ?? workflowId}`);
    await firstNoticeSent(home, number);
    const answer = await acknowledge(telling, workflowId);
    say(`  acknowledged by ${answer.by}; next: ${answer.next}`);
    await handle.result();
    const before = await sent(home, number);
    const { incident } = await stateOf(client, workflowId);
    const last = incident.policy?.tiers.at(-1)?.afterSeconds ?? 0;
    await fastForward(client, { workflowId, seconds: last + PAST_LAST_TIER_SECONDS });
    const { ladder } = await stateOf(client, workflowId);
    const after = await sent(home, number);
    say(
      `  fast-forwarded by ${formatDuration(last + PAST_LAST_TIER_SECONDS)}, past every later tier: ${after.length - before.length} further messages`,
    );
    return {
      workflowId,
      severity: incident.firing.severity,
      notifications: after,
      acknowledgedBy: ladder.by,
      tiersNotReached: (incident.policy?.tiers ?? []).slice(ladder.nextTier).map(({ name }) => name),
      problems: problems(incident, ladder, after.length - before.length),
    };
  });
};

const problems = (incident: IncidentState, ladder: LadderState, further: number): readonly string[] => [
  ...(incident.firing.severity === 'critical'
    ? []
    : [`severity: ${incident.firing.severity}, expected critical`]),
  ...(ladder.status === 'acknowledged' ? [] : [`ladder: ${ladder.status}, expected acknowledged`]),
  ...(further === 0 ? [] : [`messages after the acknowledgement: ${further}, expected 0`]),
];

interface Found {
  readonly number: number;
  readonly workflowId: string;
}

/** The run's own breach, once it is past 100 % and handed over. */
const criticalIncident = (home: pg.Client, jobRunId: string): Promise<Found> =>
  poll('a critical incident of the run', async () => {
    const { rows } = await home.query(
      `SELECT number::int, workflow_id AS "workflowId" FROM sexton.incident
       WHERE firing -> 'payload' ->> 'run_id' = $1 AND severity = 'critical' AND handed_seq = seq`,
      [jobRunId],
    );
    return rows[0];
  });

const firstNoticeSent = (home: pg.Client, number: number): Promise<true> =>
  poll('the first notice of the critical ladder', async () => {
    const { rows } = await home.query(
      `SELECT bool_and(state = 'sent') AND max(wake) >= 2 AS done FROM sexton.outbox WHERE incident = $1`,
      [number],
    );
    return rows[0]?.done ? true : undefined;
  });

const acknowledge = ({ client, by }: Telling, workflowId: string): Promise<Answer> =>
  client.workflow.getHandle(workflowId).executeUpdate<Answer, [object]>('acknowledge', {
    args: [{ by: 'you', note: `by ${by}, in your place` }],
  });

const stateOf = (
  client: Client,
  workflowId: string,
): Promise<{ readonly incident: IncidentState; readonly ladder: LadderState }> =>
  client.workflow.getHandle(workflowId).query('state');

const sent = async (home: pg.Client, number: number): Promise<IncidentReport['notifications']> => {
  const { rows } = await home.query(
    `SELECT tier, channel, ${isoSql('at', 'milliseconds')} AS at FROM sexton.outbox
     WHERE incident = $1 AND state = 'sent' ORDER BY wake, channel`,
    [number],
  );
  return rows;
};
