// The manual resolution queue as operators' commands read and change it: by the view of SLA-07, so its rows are the engine's.
import type { CommandTools, CommandTransaction } from '../../src/index.ts';

/** The database that the queue is in. */
export const QUEUE_DATABASE = 'app';

/** An item of the queue. */
export interface QueueItem {
  readonly id: string;
  readonly source_job: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly failure_mode: string;
  readonly priority: string;
  readonly status: string;
  readonly assigned_to: string | null;
  readonly created_at: string;
  readonly age_hours: number;
}

/** What an item is shown by; ages are rounded only here. */
export const ITEM_COLUMNS = `id, source_job, resource_type, resource_id, failure_mode, priority, status, assigned_to,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
  round(greatest(extract(epoch FROM sexton.now() - created_at), 0)::numeric / 3600, 1)::float8 AS age_hours`;

/** What comes first: `urgent` before `high` before `normal` before `low`, then the oldest (SLA-42). */
export const ITEM_ORDER = `array_position(ARRAY['urgent', 'high', 'normal', 'low'], priority), queue.created_at, id`;

/** Which items are meant; what is left out does not narrow. */
export interface QueueFilter {
  readonly sourceJob?: string | undefined;
  readonly failureMode?: string | undefined;
  readonly resourceType?: string | undefined;
  /** UTC day on which they came into the queue, `2026-02-10`. */
  readonly day?: string | undefined;
}

/** Over `manual_resolution_queue queue`, with four parameters; `valuesOf` has them. */
export const FILTER = `($1::text IS NULL OR source_job = $1) AND ($2::text IS NULL OR failure_mode = $2)
  AND ($3::text IS NULL OR resource_type = $3)
  AND ($4::date IS NULL OR (queue.created_at >= $4::date::timestamp AT TIME ZONE 'UTC'
    AND queue.created_at < ($4::date + 1)::timestamp AT TIME ZONE 'UTC'))`;

export const valuesOf = ({ sourceJob, failureMode, resourceType, day }: QueueFilter): readonly unknown[] => [
  sourceJob ?? null,
  failureMode ?? null,
  resourceType ?? null,
  day ?? null,
];

/** Rows of a table for people. */
export const itemTable = ({ table }: CommandTools, items: readonly QueueItem[]): string =>
  table(
    ['item', 'priority', 'age (h)', 'job', 'resource', 'failure', 'assigned to'],
    items.map((each) => [
      each.id,
      each.priority,
      each.age_hours.toFixed(1),
      each.source_job,
      `${each.resource_type} ${each.resource_id}`,
      each.failure_mode,
      each.assigned_to,
    ]),
  );

interface Resolving {
  readonly ids: readonly string[];
  readonly note: string;
}

/** Resolves those of the items that are pending, with an audit row each; what became of the others is the caller's. */
export const resolveItems = async (
  tx: CommandTransaction,
  { ids, note }: Resolving,
): Promise<readonly string[]> => {
  const resolved = await tx.query<Pick<QueueItem, 'id' | 'source_job' | 'resource_type' | 'resource_id'>>(
    `UPDATE manual_resolution_queue SET status = 'resolved', resolved_at = sexton.now(), resolution_note = $2
     WHERE id = ANY($1::uuid[]) AND status = 'pending' RETURNING id, source_job, resource_type, resource_id`,
    [ids, note],
  );
  for (const { id, source_job, resource_type, resource_id } of resolved)
    await tx.audit({
      action: 'MRQ_RESOLVED',
      resourceType: resource_type,
      metadata: { item: id, source_job, resource_id, note },
    });
  return resolved.map(({ id }) => id);
};
