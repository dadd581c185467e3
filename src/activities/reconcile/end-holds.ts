// What a silence, a window or an inhibition had held: alerts that still fire join their incidents once nothing holds
// them, without a new observation, and escalations whose wake was held are told that nothing holds it any more.
import { Context } from '@temporalio/activity';
import { readHeldGroups, readHeldRules } from '../../adapters/postgres/alerts/alert-rules.ts';
import { lockRules, type RuleName } from '../../adapters/postgres/alerts/alert-states.ts';
import { endHolds } from '../../adapters/postgres/alerts/holds.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { settleGroups } from '../alerts/settle-groups.ts';
import type { Dependencies } from '../dependencies.ts';
import { apart } from './apart.ts';

/** Rules that may have news by now, which need not wait. */
export const openHeld = async ({
  databases,
}: Pick<Dependencies, 'databases'>): Promise<readonly RuleName[]> => {
  const looked: RuleName[] = [];
  for (const rule of await readHeldRules(databases.home)) {
    Context.current().heartbeat();
    const name = { pack: rule.pack, rule: rule.name };
    const done = await apart(`${rule.pack}/${rule.name}`, () =>
      inTransaction(databases.home, async (tx) => {
        const nowMs = await lockRules(tx, [name]);
        await settleGroups(tx, { rule, groupKeys: await readHeldGroups(tx, name), nowMs });
      }),
    );
    if (done) looked.push(name);
  }
  looked.push(...(await endHolds(databases.home)));
  return looked;
};
