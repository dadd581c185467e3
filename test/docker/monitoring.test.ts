// Prometheus and Grafana as compose starts them: what they ask is there, and where dashboards look is provisioned.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/house.ts';
import { portsOf, read, readCompose, readYaml } from './read-compose.ts';
import { imageEnv, readDockerfile } from './read-dockerfile.ts';

interface Scrape {
  readonly job_name: string;
  readonly dns_sd_configs?: readonly { readonly names: readonly string[]; readonly port: number }[];
  readonly static_configs?: readonly { readonly targets: readonly string[] }[];
}

interface Datasource {
  readonly uid: string;
  readonly url: string;
  readonly user?: string;
  readonly secureJsonData?: { readonly password: string };
  readonly jsonData: { readonly database?: string };
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
  }[];
}

const { services } = readCompose();
const { scrape_configs: scrapes } = readYaml('docker/prometheus.yml') as {
  scrape_configs: readonly Scrape[];
};
const { datasources } = readYaml('docker/grafana/provisioning/datasources/datasources.yml') as {
  datasources: readonly Datasource[];
};
const folder = 'docker/grafana/dashboards';
const dashboards = readdirSync(`${ROOT}${folder}`).map(
  (file): Dashboard => JSON.parse(read(`${folder}/${file}`)),
);
const portOf = (address: string | undefined): string | undefined => address?.split(':').at(-1);

describe('Prometheus', () => {
  it('asks every replica of the worker, at the port that SEXTON_METRICS_ADDRESS states', () => {
    const [found] = scrapes.find(({ job_name: job }) => job === 'sexton-worker')?.dns_sd_configs ?? [];
    expect(found?.names).toEqual(['worker']);
    const { environment } = services['worker'] ?? {};
    const stated = { ...imageEnv(readDockerfile().at(-1)), ...environment }['SEXTON_METRICS_ADDRESS'];
    expect(stated).toBe(`0.0.0.0:${found?.port}`);
  });

  it('asks Temporal where Temporal was told to serve its metrics', () => {
    const targets = scrapes.find(({ job_name: job }) => job === 'temporal')?.static_configs?.[0]?.targets;
    const { environment, ...temporal } = services['temporal'] ?? { image: '' };
    const port = portOf(environment?.['PROMETHEUS_ENDPOINT']);
    expect(targets).toEqual([`temporal:${port}`]);
    expect(portsOf(temporal)).toContain(port);
  });
});

describe('Grafana', () => {
  it('finds Prometheus where it serves', () => {
    const { hostname, port } = new URL(datasources.find(({ uid }) => uid === 'prometheus')?.url ?? '');
    expect(portsOf(services[hostname] ?? { image: '' })).toContain(port);
  });

  it('reads home as a role that Postgres makes, with a password that both are given', () => {
    const home = datasources.find(({ uid }) => uid === 'sexton-home');
    expect(home?.url).toBe('postgres:5432');
    const made = read('docker/postgres/home-and-target.sh');
    expect(made).toContain(`CREATE ROLE ${home?.user} LOGIN`);
    expect(services['worker']?.environment?.['SEXTON_DATABASE_URL']).toMatch(`/${home?.jsonData.database}`);
    const variable = home?.secureJsonData?.password.slice(1) ?? '';
    expect(services['grafana']?.environment?.[variable]).toBeTypeOf('string');
    expect(services['postgres']?.environment?.[variable]).toBe(services['grafana']?.environment?.[variable]);
  });

  it('looks for dashboards where they are mounted', () => {
    const { providers } = readYaml('docker/grafana/provisioning/dashboards/dashboards.yml') as {
      providers: readonly { options: { path: string } }[];
    };
    const path = providers[0]?.options.path;
    const { volumes, environment } = services['grafana'] ?? {};
    expect(volumes).toContain(`./${folder}:${path}:ro`);
    const home = environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
    expect(readdirSync(`${ROOT}${folder}`).map((file) => `${path}/${file}`)).toContain(home);
  });

  it('has dashboards that ask only provisioned sources, and the workers’ metrics only of workers', () => {
    const uids = datasources.map(({ uid }) => uid);
    const panels = dashboards.flatMap((each) => each.panels);
    expect(panels.length).toBeGreaterThan(5);
    const asked = panels.flatMap(({ datasource, targets }) => [
      datasource.uid,
      ...targets.map((each) => each.datasource.uid),
    ]);
    expect(asked.filter((uid) => !uids.includes(uid))).toEqual([]);
    // Temporal's server runs workers of its own, under the same names.
    const jobs = scrapes.map(({ job_name: job }) => job);
    for (const { expr } of panels.flatMap(({ targets }) => targets)) {
      for (const [, job] of expr.matchAll(/\b(?:temporal_\w+|up)(?:\{job="([^"]*)")?/g))
        expect(jobs).toContain(job);
    }
  });
});
