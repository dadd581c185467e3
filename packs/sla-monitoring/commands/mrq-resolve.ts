// `sexton sla-monitoring mrq resolve ITEM --note …`: an item that somebody has dealt with (SLA-97).
import { defineCommand, variable } from '../../../src/index.ts';
import { QUEUE_DATABASE, resolveItems } from '../mrq.ts';

const { line, uuid } = variable;

export const mrqResolve = defineCommand({
  name: 'mrq resolve',
  summary: 'take an item of the manual resolution queue for done; its job takes it up again if it is not',
  args: { item: { summary: 'id of the item', value: uuid() } },
  options: { note: { summary: 'what was done; stays with the item', value: line() } },
  audited: true,
  run: (tools, { item, note }) =>
    tools.db(QUEUE_DATABASE).transaction(async (tx) => {
      const resolved = await resolveItems(tx, { ids: [item], note });
      if (resolved.length > 0)
        return { answer: { item, status: 'resolved', note }, text: `${item}: resolved` };
      const [known] = await tx.query('SELECT 1 FROM manual_resolution_queue WHERE id = $1', [item]);
      if (known) return { refused: `${item} is resolved already` };
      return { refused: `no item ${item}; \`mrq list\` lists them`, exit: 2 };
    }),
});
