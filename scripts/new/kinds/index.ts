// Every kind of thing that `new` can write, one line each, in the order of the help. A test compares it with the folder.
import { adr } from './adr.ts';
import { check } from './check.ts';
import { checklist } from './checklist.ts';
import { command } from './command.ts';
import { dashboard } from './dashboard.ts';
import { job } from './job.ts';
import type { Kind } from './kind.ts';
import { migration } from './migration.ts';
import { monitor } from './monitor.ts';
import { pack } from './pack.ts';
import { policy } from './policy.ts';
import { report } from './report.ts';
import { runbook } from './runbook.ts';
import { scenario } from './scenario.ts';

export const KINDS: readonly Kind[] = [
  pack,
  job,
  monitor,
  check,
  policy,
  runbook,
  report,
  dashboard,
  checklist,
  command,
  migration,
  scenario,
  adr,
];
