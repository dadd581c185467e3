// `workers`: whether a worker asks each queue for work, and whether one of them runs the code that was applied last.
import { ACTIVITIES, FRESH_SECONDS, readPollers, WORKFLOWS } from '../../adapters/temporal/pollers.ts';
import type { WorkersParams } from '../../domain/health/check-params.ts';
import { failed, passed, warned } from '../../domain/health/finding.ts';
import { buildOf } from '../../domain/worker-identity.ts';
import { type CheckDependencies, type CheckKind, paramsOfCheck } from './check-kind.ts';

export const createWorkersCheck =
  ({ temporal }: CheckDependencies): CheckKind =>
  async (asked) => {
    const { queues, build } = paramsOfCheck(asked) as WorkersParams;
    const found = await Promise.all(
      queues.map(async (queue) => ({ queue, identities: await freshOn(temporal, queue) })),
    );
    const unserved = found.filter(({ identities }) => identities.length === 0);
    if (unserved.length > 0) return failed(`no worker asks for work on ${listOf(unserved)}`);
    const older = found.filter(
      ({ identities }) => build !== undefined && !identities.some((each) => buildOf(each) === build),
    );
    if (older.length === 0) return passed();
    const running = [...new Set(older.flatMap(({ identities }) => identities.map(buildWords)))];
    return warned(
      `no worker of build ${build} on ${listOf(older)}, only of ${running.join(', ')}; start new ones`,
    );
  };

const listOf = (found: readonly { readonly queue: string }[]): string =>
  found.map(({ queue }) => queue).join(', ');

const buildWords = (identity: string): string => buildOf(identity) ?? 'one that does not say';

const freshOn = async (
  temporal: CheckDependencies['temporal'],
  queue: string,
): Promise<readonly string[]> => {
  const both = await Promise.all([WORKFLOWS, ACTIVITIES].map((type) => readPollers(temporal, queue, type)));
  return both.flat().flatMap(({ identity, secondsAgo }) => (secondsAgo <= FRESH_SECONDS ? [identity] : []));
};
