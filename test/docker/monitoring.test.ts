// Prometheus and Grafana as compose starts them: what they ask is there, and where dashboards look is provisioned.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfigFile } from '../../src/catalog/load.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { renderedFiles } from '../../src/grafana/files.ts';
import { ROOT } from '../support/programs/house.ts';
import { portsOf, read, readCompose, readYaml } from './read-compose.ts';
import { imageEnv, readDockerfile } from './read-dockerfile.ts';

interface Scrape {
  readonly job_name: string;
  readonly honor_labels?: boolean;
  readonly dns_sd_configs?: readonly { readonly names: readonly string[]; readonly port: number }[];
  readonly static_configs?: readonly { readonly targets: readonly string[] }[];
}

interface Datasource {
  readonly type: string;
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
    readonly datasource?: { readonly uid: string };
    readonly targets?: readonly { readonly expr?: string; readonly datasource: { readonly uid: string } }[];
  }[];
  /** Data sources of those that Sexton renders. */
  readonly templating?: {
    readonly list?: readonly {
      readonly name: string;
      readonly query: string;
      readonly current: { readonly value: string };
    }[];
  };
}

const { services } = readCompose();
const { scrape_configs: scrapes, rule_files: ruleFiles } = readYaml('docker/prometheus.yml') as {
  scrape_configs: readonly Scrape[];
  rule_files: readonly string[];
};
const { datasources } = readYaml('docker/grafana/provisioning/datasources/datasources.yml') as {
  datasources: readonly Datasource[];
};
const folder = 'docker/grafana/dashboards';
const dashboards = readdirSync(`${ROOT}${folder}`).map(
  (file): Dashboard => JSON.parse(read(`${folder}/${file}`)),
);
// For the packs that this repository brings, as compose configures them.
const rendered = renderedFiles(
  assembleCatalog(await loadConfigFile(`${ROOT}sexton.config.ts`), services['gateway']?.environment ?? {}),
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

describe('what Sexton renders for both', () => {
  it.each(rendered.map(({ path, text }) => [path, text]))(
    'docker/%s is what is declared now: `sexton grafana render --out docker` writes it',
    (path, text) => {
      expect(read(`docker/${path}`)).toBe(text);
    },
  );

  it('is all that lies there, but for what is written by hand', () => {
    const files = [
      ...readdirSync(`${ROOT}${folder}`).map((file) => `grafana/dashboards/${file}`),
      ...readdirSync(`${ROOT}docker/grafana/alerting`).map((file) => `grafana/alerting/${file}`),
      ...readdirSync(`${ROOT}docker/prometheus`).map((file) => `prometheus/${file}`),
    ];
    const own = rendered.map(({ path }) => path);
    expect(files.filter((file) => !own.includes(file))).toEqual(['grafana/dashboards/worker-health.json']);
  });

  it('is mounted: dashboards where Grafana looks, rules where Prometheus reads them', () => {
    expect(services['prometheus']?.volumes).toContain('./docker/prometheus:/etc/prometheus/rules:ro');
    expect(ruleFiles).toEqual(['rules/*.rules.yml']);
    expect(rendered.map(({ path }) => path)).toContain('prometheus/sexton.rules.yml');
  });
});

describe('the gateway', () => {
  it('is scraped at the port that SEXTON_GATEWAY_ADDRESS states, its own labels kept', () => {
    const found = scrapes.find(({ job_name: job }) => job === 'sexton-gateway');
    const { environment, ...gateway } = services['gateway'] ?? { image: '' };
    const port = portOf(environment?.['SEXTON_GATEWAY_ADDRESS']);
    expect(found).toMatchObject({ honor_labels: true, static_configs: [{ targets: [`gateway:${port}`] }] });
    expect(portsOf(gateway)).toContain(port);
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
    const variables = dashboards.flatMap(({ templating }) => templating?.list ?? []);
    const provisioned = (uid: string): boolean =>
      uids.includes(uid) || variables.some(({ name }) => uid === `\${${name}}`);
    const asked = panels.flatMap(({ datasource, targets = [] }) => [
      ...(datasource ? [datasource.uid] : []),
      ...targets.map((each) => each.datasource.uid),
    ]);
    expect(asked.filter((uid) => !provisioned(uid))).toEqual([]);
    // A variable begins with a source that is provisioned, and of its type.
    expect(variables.length).toBeGreaterThan(3);
    for (const { query, current } of variables)
      expect(datasources.find(({ uid }) => uid === current.value)?.type).toBe(query);
    // Temporal's server runs workers of its own, under the same names.
    const jobs = scrapes.map(({ job_name: job }) => job);
    for (const { expr = '' } of panels.flatMap(({ targets = [] }) => targets)) {
      for (const [, job] of expr.matchAll(/\b(?:temporal_\w+|up)(?:\{job="([^"]*)")?/g))
        expect(jobs).toContain(job);
    }
  });
});
