// What a pack or a sexton.config.ts imports, and nothing more: a pack outside this repository has no other door.

export { scheduleEvery } from './catalog/cron.ts';
export {
  type BandDefinition,
  type BudgetAlertDefinition,
  definePolicy,
  type FailureAlertDefinition,
  type JobAlertsDefinition,
  type PolicyDefinition,
  type QuietHoursDefinition,
  type Roles,
  type Routes,
  type TierDefinition,
} from './catalog/define/alerts.ts';
export {
  type ChecklistDefinition,
  type ChecklistStepDefinition,
  defineChecklist,
} from './catalog/define/checklists.ts';
export {
  type CheckDefinition,
  type CheckLimit,
  defineHealthCheck,
  type HealthAlertsDefinition,
  type HealthBandDefinition,
  type HealthCheckDefinition,
} from './catalog/define/checks.ts';
export {
  type AliasDefinition,
  type AuditRow,
  type CommandAnswer,
  type CommandDatabase,
  type CommandDefinition,
  type CommandRedis,
  type CommandRefusal,
  type CommandTools,
  type CommandTransaction,
  type Confirmation,
  defineAlias,
  defineCommand,
  type PackCommand,
} from './catalog/define/commands.ts';
export {
  type DashboardDefinition,
  type DashboardRowDefinition,
  defineDashboard,
  type GuideDefinition,
  type MarkDefinition,
  type PanelDefinition,
  type PanelSourceDefinition,
  type ThresholdDefinition,
} from './catalog/define/dashboards.ts';
export {
  type DigestDefinition,
  type DigestReportDefinition,
  type DigestSignOffDefinition,
  defineDigest,
} from './catalog/define/digests.ts';
export { type HistoryJobOptions, historyEnv, historyJob } from './catalog/define/history-job.ts';
export type { MeasureDefinition } from './catalog/define/measures.ts';
export { defineMetric, type MetricDefinition } from './catalog/define/metrics.ts';
export {
  type ConditionDefinition,
  defineMonitor,
  type MonitorDefinition,
  type RatioDefinition,
  type RecordDefinition,
  type RuleBandDefinition,
  type RuleDefinition,
  type UnknownDefinition,
} from './catalog/define/monitors.ts';
export {
  type ConfigDefinition,
  type DatabaseDefinition,
  type Declarations,
  defineConfig,
  defineJob,
  definePack,
  type EnvOf,
  type GuardDefinition,
  type JobDefinition,
  type Pack,
  type PackDefinition,
  type Scenario,
  type SeedBlobs,
  type SeedConnection,
  type SeedRedis,
  type SeedResult,
  type SeedTools,
} from './catalog/define/pack.ts';
export type { OverrideDefinition, PersonDefinition, RotationDefinition } from './catalog/define/people.ts';
export {
  defineReport,
  type ReportColumnDefinition,
  type ReportDefinition,
  type ReportInputDefinition,
  type ReportParamDefinition,
  type ReportSectionDefinition,
} from './catalog/define/reports.ts';
export {
  type CanaryMonitorOptions,
  canaryMonitor,
  type TellingMonitorOptions,
  tellingMonitor,
} from './catalog/define/self-watch.ts';
export type {
  ArchiveStepDefinition,
  BlobsStepDefinition,
  DeleteStepDefinition,
  HttpItemsStepDefinition,
  HttpStepDefinition,
  OrphansStepDefinition,
  ParentsDefinition,
  SelectionDefinition,
  SqlBatchesStepDefinition,
  SqlStepDefinition,
  StepDefinition,
  VacuumStepDefinition,
} from './catalog/define/steps.ts';
export type { ThrottleDefinition, WindowDefinition } from './catalog/define/throttle.ts';
export {
  type BrokenRule,
  below,
  type EnvRule,
  requiredExactlyWith,
  requiredWhen,
} from './catalog/env-rules.ts';
export * as variable from './catalog/variables.ts';
export { parseDuration } from './domain/duration.ts';
export type { Interpreted, ReportRow, ReportValue } from './domain/reports/report.ts';
export { roundHalfUp } from './domain/reports/rounding.ts';
