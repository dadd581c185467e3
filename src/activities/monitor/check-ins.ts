// Check-ins of monitors: one a tick, once it is looked at or could not be. What was found is no matter of the schedule.
import { performance } from 'node:perf_hooks';
import type { CheckIns } from '../../channels/sentry/check-in.ts';
import { monitorId } from '../../domain/ids.ts';
import type { EvaluateInput, Evaluation } from '../../domain/monitors/evaluation.ts';

type Evaluate = (input: EvaluateInput) => Promise<Evaluation>;

/** `evaluate`, told of afterwards. */
export const withTick =
  (checkIns: CheckIns | undefined, evaluate: Evaluate): Evaluate =>
  async (input) => {
    const { monitor, tick: run } = input;
    const began = performance.now();
    const tell = (status: 'ok' | 'error'): void => {
      const durationSeconds = (performance.now() - began) / 1000;
      checkIns?.tell({ id: monitorId(monitor.pack, monitor.name), run, status, durationSeconds });
    };
    try {
      const evaluation = await evaluate(input);
      tell('ok');
      return evaluation;
    } catch (error) {
      tell('error');
      throw error;
    }
  };
