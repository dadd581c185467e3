// `variable`: whether a variable of the worker's environment is set and of its form. What it is stays where it is (SLA-48).
import type { VariableState } from '../../catalog/catalog.ts';
import type { VariableParams } from '../../domain/health/check-params.ts';
import { type Finding, failed, passed, warned } from '../../domain/health/finding.ts';
import { type CheckDependencies, type CheckKind, paramsOfCheck } from './check-kind.ts';

export const createVariableCheck =
  ({ variableStates }: CheckDependencies): CheckKind =>
  async (asked) => {
    const { variable, optional } = paramsOfCheck(asked) as VariableParams;
    const state = variableStates?.(asked.pack, variable);
    if (!state)
      return failed('this worker was started by a configuration that does not look at it; start it anew');
    return judge(state, optional);
  };

const judge = (state: VariableState, optional: boolean): Finding => {
  if (state.is === 'sound') return passed();
  if (state.is === 'missing') return optional ? warned('not set') : failed('not set');
  return failed(state.is === 'malformed' ? state.rule : 'set, but empty');
};
