// Every command of the pack, one line each. A test fails while this list and the folder differ.
import type { PackCommand } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { jobs } from '../jobs/index.ts';
import { diagnose } from './diagnose.ts';
import { mrqAssign } from './mrq-assign.ts';
import { mrqList } from './mrq-list.ts';
import { mrqResolve } from './mrq-resolve.ts';
import { mrqResolveBatch } from './mrq-resolve-batch.ts';
import { simulateBreach } from './simulate-breach.ts';

export const commands = (env: SlaEnv): readonly PackCommand[] => [
  diagnose,
  mrqList,
  mrqAssign,
  mrqResolve,
  mrqResolveBatch,
  simulateBreach(jobs(env)),
];
