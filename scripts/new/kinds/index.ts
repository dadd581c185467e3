// Every kind of thing that `new` can write, one line each, in the order of the help. A test compares it with the folder.
import { adr } from './adr.ts';
import { command } from './command.ts';
import { job } from './job.ts';
import type { Kind } from './kind.ts';
import { migration } from './migration.ts';
import { monitor } from './monitor.ts';
import { pack } from './pack.ts';
import { policy } from './policy.ts';
import { scenario } from './scenario.ts';

export const KINDS: readonly Kind[] = [pack, job, monitor, policy, migration, scenario, command, adr];
