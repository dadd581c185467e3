// `sexton sla-monitoring mrq assign ITEM PERSON`: who takes an item on (SLA-97).
import { defineCommand, variable } from '../../../src/index.ts';
import { QUEUE_DATABASE } from '../mrq.ts';

const { oneOf, line, uuid } = variable;

interface Assigned {
  readonly resource_type: string;
  readonly resource_id: string;
  readonly source_job: string;
  readonly assigned_to: string;
  readonly priority: string;
}

export const mrqAssign = defineCommand({
  name: 'mrq assign',
  summary: 'give an item of the manual resolution queue to a person',
  args: {
    item: { summary: 'id of the item', value: uuid() },
    person: { summary: 'who takes it on', value: line() },
  },
  options: {
    priority: {
      summary: 'its priority from now on: low, normal, high or urgent',
      value: oneOf(['low', 'normal', 'high', 'urgent']).optional(),
    },
  },
  audited: true,
  run: (tools, { item, person, priority }) =>
    tools.db(QUEUE_DATABASE).transaction(async (tx) => {
      const [before] = await tx.query<{ readonly assigned_to: string | null; readonly priority: string }>(
        `SELECT assigned_to, priority FROM manual_resolution_queue WHERE id = $1`,
        [item],
      );
      if (!before) return { refused: `no item ${item}; \`mrq list\` lists them`, exit: 2 };
      const [after] = await tx.query<Assigned>(
        `UPDATE manual_resolution_queue SET assigned_to = $2, priority = coalesce($3, priority)
         WHERE id = $1 AND status = 'pending' RETURNING resource_type, resource_id, source_job, assigned_to, priority`,
        [item, person, priority ?? null],
      );
      if (!after) return { refused: `${item} is resolved already` };
      const { resource_type: resourceType, ...told } = after;
      await tx.audit({
        action: 'MRQ_ASSIGNED',
        resourceType,
        metadata: { item, ...told, was_assigned_to: before.assigned_to, was_priority: before.priority },
      });
      return {
        answer: { item, assigned_to: after.assigned_to, priority: after.priority },
        text: `${item}: ${after.assigned_to} has it, priority ${after.priority}`,
      };
    }),
});
