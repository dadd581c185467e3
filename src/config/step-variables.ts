// Variables that steps name for their requests: addresses and secrets, looked up where the worker is, so that no snapshot
// holds one.
import type { CatalogVariable } from '../catalog/catalog.ts';
import type { Fault } from '../catalog/faults.ts';
import type { CheckedPack } from '../catalog/schema/config.ts';
import type { CheckedJob } from '../catalog/schema/job.ts';
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

/** Values as they stand in the environment, and what keeps a step from having its own. */
export const stepVariables = (
  pack: CheckedPack,
  jobs: readonly CheckedJob[],
  env: Env,
): { readonly variables: readonly CatalogVariable[]; readonly faults: readonly Fault[] } => {
  const variables = new Map<string, CatalogVariable>();
  const faults: Fault[] = [];
  for (const { place, name } of jobs.flatMap((job) => namedBy(pack.name, job))) {
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
