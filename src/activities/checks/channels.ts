// `channels`: whether channels would take a message, asked by a probe that nobody sees.
import { formatTarget, parseTarget } from '../../domain/alerts/policy.ts';
import type { ChannelsParams } from '../../domain/health/check-params.ts';
import { failed, passed, warned } from '../../domain/health/finding.ts';
import { plainWords } from '../../domain/plain-words.ts';
import { type CheckDependencies, type CheckKind, paramsOfCheck } from './check-kind.ts';

export const createChannelsCheck =
  ({ channels }: CheckDependencies): CheckKind =>
  async (asked) => {
    const targets = (paramsOfCheck(asked) as ChannelsParams).targets.map(parseTarget);
    const { probe } = channels;
    if (!probe) return failed('this worker cannot probe channels');
    const answers = await Promise.all(
      targets.map(async (target) =>
        probe(target, asked.signal).then(
          () => undefined,
          (error: unknown) => `${formatTarget(target)}: ${plainWords(error)}`,
        ),
      ),
    );
    const wrong = answers.filter((answer) => answer !== undefined);
    if (wrong.length === 0) return passed();
    return (wrong.length === targets.length ? failed : warned)(wrong.join('; '));
  };
