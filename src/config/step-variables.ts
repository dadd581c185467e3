// Variables that steps and measures name for their requests: addresses and secrets, looked up where the worker is, so that no snapshot
// holds one.
import type { CatalogVariable } from '../catalog/catalog.ts';
import type { Fault } from '../catalog/faults/fault.ts';
import { variablesOfMeasures } from '../catalog/faults/measure-names.ts';
import type { CheckedHealthCheck } from '../catalog/schema/checks.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';
import type { CheckedJob } from '../catalog/schema/job.ts';
import type { CheckedMonitor } from '../catalog/schema/monitor.ts';
import type { Env } from './env.ts';
import { variableIn } from './pack-env.ts';

interface Named {
  readonly place: string;
  readonly name: string;
}

const namedBy = (pack: string, { name: job, steps }: CheckedJob): readonly Named[] =>
  steps.flatMap((step, index) => {
    if (!('http' in step)) return [];
    const place = `${pack}/job/${job}.steps.${index}.http`;
    const secrets = Object.entries(step.http.secretHeaders);
    return [
      { place: `${place}.url`, name: step.http.url },
      ...secrets.map(([header, { variable }]) => ({
        place: `${place}.secretHeaders.${header}`,
        name: variable,
      })),
    ];
  });

const askedBy = (pack: string, { name: monitor, measures }: CheckedMonitor): readonly Named[] =>
  variablesOfMeasures(measures).map(({ place, name }) => ({
    place: `${pack}/monitor/${monitor}.${place}`,
    name,
  }));

const checkedBy = (pack: string, { name: check, checks }: CheckedHealthCheck): readonly Named[] =>
  Object.entries(checks).flatMap(([each, declared]) =>
    declared.kind === 'measure'
      ? variablesOfMeasures({ [each]: declared.measure }).map(({ name }) => ({
          place: `${pack}/check/${check}.checks.${each}.measure`,
          name,
        }))
      : [],
  );

/** Values as they stand in the environment, and what keeps a step or a measure from having its own. */
export const namedVariables = (
  pack: CheckedPack,
  {
    jobs,
    monitors,
    checks,
  }: {
    readonly jobs: readonly CheckedJob[];
    readonly monitors: readonly CheckedMonitor[];
    readonly checks: readonly CheckedHealthCheck[];
  },
  env: Env,
): { readonly variables: readonly CatalogVariable[]; readonly faults: readonly Fault[] } => {
  const variables = new Map<string, CatalogVariable>();
  const faults: Fault[] = [];
  const named = [
    ...jobs.flatMap((job) => namedBy(pack.name, job)),
    ...monitors.flatMap((monitor) => askedBy(pack.name, monitor)),
    ...checks.flatMap((check) => checkedBy(pack.name, check)),
  ];
  for (const { place, name } of named) {
    const schema = pack.env[name];
    const set = variableIn({ env, pack: pack.name, name });
    const value = env[set];
    if (!schema)
      faults.push({ place, rule: 'must be a variable of the pack (its env)', value: JSON.stringify(name) });
    else if (value === undefined) faults.push({ place: set, rule: `must be set: ${place} needs it` });
    else if (schema.safeParse(value).success) variables.set(name, { pack: pack.name, name, value });
  }
  return { variables: [...variables.values()], faults };
};
