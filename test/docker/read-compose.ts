// docker-compose.yml as Compose would read it where nobody has set anything: every `${NAME:-default}` its default.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ROOT } from '../support/programs/house.ts';

export interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile?: string; readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly expose?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas?: number };
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const read = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8');

/** A YAML file of this repository, its merge keys resolved. */
export const readYaml = (file: string): unknown => parse(read(file), { merge: true });

const withDefaults = (text: string): string =>
  text.replaceAll(/\$\{([A-Z_]+)(:-([^}]*))?\}/g, (whole, _name, stated, value: string) => {
    if (stated === undefined) throw new Error(`${whole} has no default`);
    return value;
  });

export const readCompose = (): Compose => parse(withDefaults(read('docker-compose.yml')), { merge: true });

/** Ports inside the network at which a service says it can be reached. */
export const portsOf = ({ ports = [], expose = [] }: Service): readonly string[] => [
  ...ports.map((port) => port.split(':').at(-1) ?? ''),
  ...expose,
];
