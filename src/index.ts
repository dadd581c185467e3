// What a pack or a sexton.config.ts imports, and nothing more: a pack outside this repository has no other door.
export {
  type BlobsStepDefinition,
  type ConfigDefinition,
  type DatabaseDefinition,
  type Declarations,
  type DeleteStepDefinition,
  defineConfig,
  defineJob,
  definePack,
  type EnvOf,
  type JobDefinition,
  type Pack,
  type PackDefinition,
  type Scenario,
  type SeedBlobs,
  type SeedConnection,
  type SeedResult,
  type SeedTools,
  type SelectionDefinition,
  type StepDefinition,
} from './catalog/define.ts';
export {
  type BandDefinition,
  type BudgetAlertDefinition,
  definePolicy,
  type FailureAlertDefinition,
  type JobAlertsDefinition,
  type PolicyDefinition,
  type Roles,
  type Routes,
  type TierDefinition,
} from './catalog/define-alerts.ts';
export {
  type BrokenRule,
  below,
  type EnvRule,
  requiredExactlyWith,
  requiredWhen,
} from './catalog/env-rules.ts';
export * as variable from './catalog/variables.ts';
