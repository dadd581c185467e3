// What a pack or a sexton.config.ts imports, and nothing more: a pack outside this repository has no other door.
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
  type SeedResult,
  type SeedTools,
} from './catalog/define.ts';
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
} from './catalog/define-alerts.ts';
export type { MeasureDefinition } from './catalog/define-measures.ts';
export {
  type ConditionDefinition,
  defineMonitor,
  type MonitorDefinition,
  type RatioDefinition,
  type RuleBandDefinition,
  type RuleDefinition,
  type UnknownDefinition,
} from './catalog/define-monitors.ts';
export type { OverrideDefinition, PersonDefinition, RotationDefinition } from './catalog/define-people.ts';
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
} from './catalog/define-steps.ts';
export type { ThrottleDefinition, WindowDefinition } from './catalog/define-throttle.ts';
export {
  type BrokenRule,
  below,
  type EnvRule,
  requiredExactlyWith,
  requiredWhen,
} from './catalog/env-rules.ts';
export { type HistoryJobOptions, historyEnv, historyJob } from './catalog/history-job.ts';
export {
  type CanaryMonitorOptions,
  canaryMonitor,
  type TellingMonitorOptions,
  tellingMonitor,
} from './catalog/self-watch.ts';
export * as variable from './catalog/variables.ts';
