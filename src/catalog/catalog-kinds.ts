// One thing of each kind that is declared, checked and named; the catalog has lists of them.
import type { PolicySnapshot } from '../domain/alerts/policy.ts';
import type { DigestSnapshot } from '../domain/digests/digest.ts';
import type { HealthSnapshot } from '../domain/health/health.ts';
import type { JobSnapshot } from '../domain/jobs/job.ts';
import type { MonitorSnapshot } from '../domain/monitors/monitor.ts';
import type { CheckedChecklist } from './schema/checklists.ts';
import type { CheckedCommand } from './schema/commands.ts';
import type { CheckedDashboard } from './schema/dashboards.ts';
import type { CheckedMetric } from './schema/metrics.ts';
import type { CheckedReport } from './schema/reports.ts';

/** A job with its schedule; the snapshot is what its runs get. */
export interface CatalogJob {
  /** `<pack>/job/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly schedule: string;
  readonly snapshot: JobSnapshot;
}

/** A monitor with its schedule; the snapshot is what its evaluations get. */
export interface CatalogMonitor {
  /** `<pack>/monitor/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly schedule: string;
  readonly snapshot: MonitorSnapshot;
}

/** A health check with its schedule; the snapshot is what each of its ticks gets. */
export interface CatalogCheck {
  /** `<pack>/check/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly schedule: string;
  readonly snapshot: HealthSnapshot;
}

/** How a variable stands in this process' environment; never what it is. */
export type VariableState =
  | { readonly is: 'sound' | 'missing' | 'empty' }
  | { readonly is: 'malformed'; readonly rule: string };

/** A variable that a health check looks at. */
export interface CatalogVariableState {
  readonly pack: string;
  readonly name: string;
  readonly state: VariableState;
}

/** A policy; the snapshot is what escalations get. */
export interface CatalogPolicy {
  /** `<pack>/policy/<name>`; the built-in one is `sexton/policy/log-only`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  readonly snapshot: PolicySnapshot;
}

/** A report; it runs where it is asked for and travels nowhere. */
export interface CatalogReport {
  /** `<pack>/report/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  readonly report: CheckedReport;
}

/** A digest with its schedule. */
export interface CatalogDigest {
  /** `<pack>/digest/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly schedule: string;
  /** What its workflow gets. */
  readonly snapshot: DigestSnapshot;
}

/** Steps for people; what a checklist that goes on consists of travels in its workflow. */
export interface CatalogChecklist {
  /** `<pack>/checklist/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  readonly checklist: CheckedChecklist;
}

/** A command that a pack brings; it runs where it is typed and travels nowhere. */
export interface CatalogCommand {
  /** `<pack>/command/<name>`. */
  readonly id: string;
  readonly pack: string;
  /** One to three words. */
  readonly name: string;
  readonly command: CheckedCommand;
}

/** A metric; the gateway renders it. */
export interface CatalogMetric {
  /** `<pack>/metric/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  readonly metric: CheckedMetric;
}

/** A dashboard; Grafana is given it as a file, the gateway serves it as a page. */
export interface CatalogDashboard {
  /** `<pack>/dashboard/<name>`. */
  readonly id: string;
  readonly pack: string;
  readonly name: string;
  readonly dashboard: CheckedDashboard;
}
