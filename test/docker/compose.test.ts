// Compose cannot be run where the suite runs, so its file is held against what it names: files, stages, variables,
// ports, databases, and the order in which things start.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfigFile } from '../../src/catalog/load.ts';
import { ENGINE_VARIABLES } from '../../src/config/engine-env.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { packScope } from '../../src/config/pack-env.ts';
import { WORKER_VARIABLES } from '../../src/config/worker-env.ts';
import { ROOT } from '../support/programs/house.ts';
import { portsOf, read, readCompose, type Service } from './read-compose.ts';
import { imageEnv, readDockerfile, valuesOf } from './read-dockerfile.ts';

const compose = readCompose();
const services = Object.entries(compose.services);
const service = (name: string): Service => {
  const found = compose.services[name];
  if (!found) throw new Error(`there is no service ${name}`);
  return found;
};
const stages = readDockerfile();
const config = await loadConfigFile(`${ROOT}sexton.config.ts`);

const ours = services.filter(([, { build }]) => build !== undefined);
const oneShots = new Set(
  services.flatMap(([, { depends_on = {} }]) =>
    Object.entries(depends_on).flatMap(([name, { condition }]) =>
      condition === 'service_completed_successfully' ? [name] : [],
    ),
  ),
);

/** Everything that must be there before a service starts, directly or not. */
const before = (name: string): ReadonlySet<string> => {
  const direct = Object.keys(service(name).depends_on ?? {});
  return new Set(direct.flatMap((each) => [each, ...before(each)]));
};

describe('images', () => {
  it('of others are pinned to exact versions', () => {
    const images = services.filter(([, { build }]) => build === undefined).map(([, { image }]) => image);
    expect(images.length).toBeGreaterThan(5);
    expect(images.filter((image) => !/^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/.test(image))).toEqual([]);
  });

  it('of Temporal are of one version, from 1.32 on', () => {
    const versions = ['temporal', 'temporal-schema', 'temporal-namespace'].map(
      (name) => service(name).image.split(':')[1],
    );
    expect(new Set(versions).size).toBe(1);
    const [major = 0, minor = 0] = (versions[0] ?? '').split('.').map(Number);
    expect(major === 1 && minor >= 32).toBe(true);
  });

  it('of Sexton are built of a stage that the Dockerfile ends with', () => {
    expect(ours.map(([name]) => name)).toEqual(['setup', 'worker', 'gateway']);
    for (const [, { build }] of ours) {
      expect(existsSync(`${ROOT}${build?.context}/${build?.dockerfile ?? 'Dockerfile'}`)).toBe(true);
      expect(build?.target).toBe(stages.at(-1)?.name);
    }
  });
});

describe('Sexton’s own services', () => {
  const environmentOf = ({ environment = {} }: Service) => ({ ...imageEnv(stages.at(-1)), ...environment });

  it('are given only variables that the engine or a pack reads', () => {
    const known = new Set([
      ...Object.keys(ENGINE_VARIABLES),
      ...config.packs.flatMap(({ name, env, databases }) =>
        [
          ...Object.keys(env),
          ...Object.values(databases).flatMap((each) => ('url' in each ? [each.url] : [])),
        ].flatMap((each) => [each, `${packScope(name)}__${each}`]),
      ),
    ]);
    for (const [, { environment = {} }] of ours) {
      expect(Object.keys(environment).length).toBeGreaterThan(3);
      expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
    }
  });

  it('may be given everything else in sexton.env, of which its head names what nobody should leave out', () => {
    const head = read('docker-compose.yml').split('\nname:')[0] ?? '';
    const documented = `${read('README.md')}${read('docs/operating.md')}`;
    for (const name of ['BLOB_READ_WRITE_TOKEN', 'HEARTBEAT_URL']) {
      expect(Object.keys(ENGINE_VARIABLES)).toContain(name);
      expect(head).toContain(name);
    }
    for (const name of Object.keys(WORKER_VARIABLES)) expect(documented).toContain(`\`${name}\``);
    // Never beaten from a demo: what is set there must be meant.
    for (const [, each] of ours) expect(environmentOf(each)).not.toHaveProperty('HEARTBEAT_URL');
  });

  it('have a sound configuration, and one for all', () => {
    const catalogs = ours.map(([, each]) => assembleCatalog(config, environmentOf(each)));
    for (const catalog of catalogs) {
      expect(catalog.home.url).not.toBe(catalog.databases[0]?.url);
      expect(catalog.home).toEqual(catalogs[0]?.home);
      expect(catalog.databases).toEqual(catalogs[0]?.databases);
    }
  });

  it('reach services that are there before them, at ports that those serve', () => {
    const served = { postgres: '5432', redis: '6379', temporal: '7233' };
    const addresses = ours.flatMap(([name, each]) =>
      Object.entries(environmentOf(each))
        .filter(([variable]) => /_URL$|^TEMPORAL_ADDRESS$/.test(variable))
        .map(([variable, value]) => {
          const { hostname: host, port } = new URL(value.includes('://') ? value : `tcp://${value}`);
          return { name, variable, host, port };
        }),
    );
    expect(addresses.length).toBeGreaterThan(6);
    expect(addresses.filter(({ host, port }) => Reflect.get(served, host) !== port)).toEqual([]);
    // `apply` takes no lock, so setup does not wait for Redis.
    const needed = addresses.filter(({ name, host }) => !(name === 'setup' && host === 'redis'));
    expect(needed.filter(({ name, host }) => !before(name).has(host))).toEqual([]);
  });

  it('find databases and roles that Postgres makes on its first start', () => {
    const made = read('docker/postgres/home-and-target.sh');
    const addresses = Object.values(service('worker').environment ?? {}).filter((value) =>
      value.startsWith('postgresql://'),
    );
    expect(addresses).toHaveLength(3);
    for (const address of addresses) {
      const { username, pathname } = new URL(address);
      expect(made).toContain(`CREATE ROLE ${username} LOGIN`);
      expect(made).toContain(`CREATE DATABASE ${pathname.slice(1)} OWNER ${username}`);
    }
  });

  it('are two workers at least, which start when everything is set up and have time to end a batch', () => {
    const { deploy, depends_on = {}, stop_grace_period: grace = '0s', command } = service('worker');
    expect(deploy?.replicas).toBeGreaterThanOrEqual(2);
    expect(command).toEqual(['worker']);
    expect(depends_on['setup']).toEqual({ condition: 'service_completed_successfully' });
    const forced = /SHUTDOWN_FORCE = '(\d+)s'/.exec(read('src/worker/worker.ts'))?.[1];
    expect(Number.parseInt(grace, 10)).toBeGreaterThan(Number(forced));
    expect(service('setup').command).toEqual(['apply']);
  });

  it('write nowhere but /tmp and may do nothing beyond their own work', () => {
    for (const [, each] of ours) {
      expect(each).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] });
      expect(each.security_opt).toEqual(['no-new-privileges:true']);
    }
  });
});

describe('every service', () => {
  it('waits for services that exist, and for health only where health is asked', () => {
    const asksHealth = ({ build, healthcheck }: Service): boolean =>
      healthcheck === undefined
        ? build !== undefined && valuesOf(stages.at(-1), 'HEALTHCHECK').length === 1
        : healthcheck.disable !== true && (healthcheck.test ?? []).length > 1;
    for (const [name, { depends_on = {}, restart }] of services) {
      expect(before(name).has(name)).toBe(false);
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(condition).toBe(oneShots.has(other) ? 'service_completed_successfully' : 'service_healthy');
        if (condition === 'service_healthy') expect(asksHealth(service(other))).toBe(true);
      }
      // One that ends by itself is neither watched nor started again.
      expect([name, oneShots.has(name) || asksHealth(service(name))]).toEqual([name, true]);
      expect([name, restart]).toEqual([name, oneShots.has(name) ? undefined : 'unless-stopped']);
    }
  });

  it('mounts files that exist, and volumes that are declared and used', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((each) => each.split(':')));
    const files = mounts.flatMap(([source = '', , mode]) =>
      source.startsWith('./') ? [{ source, mode }] : [],
    );
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter(({ source }) => !existsSync(`${ROOT}${source}`))).toEqual([]);
    expect(files.filter(({ mode }) => mode !== 'ro')).toEqual([]);
    const named = mounts.map(([source = '']) => source).filter((source) => !source.startsWith('./'));
    expect(Object.keys(compose.volumes).toSorted()).toEqual(named.toSorted());
  });

  it('is published on the loopback address only', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports);
    expect(published.length).toBeGreaterThan(3);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(new Set(published.map((port) => port.split(':')[1])).size).toBe(published.length);
  });

  it('asks its health at a port that it serves', () => {
    const asked = services.flatMap(([name, { healthcheck }]) => {
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(healthcheck?.test?.join(' ') ?? '')?.[1];
      return port === undefined ? [] : [{ name, port }];
    });
    expect(asked.map(({ name }) => name)).toEqual([
      'temporal',
      'temporal-ui',
      'gateway',
      'prometheus',
      'grafana',
    ]);
    expect(asked.filter(({ name, port }) => !portsOf(service(name)).includes(port))).toEqual([]);
  });

  it('has passwords from the environment only, with defaults that are plainly local', () => {
    const raw = read('docker-compose.yml');
    const stated = [...raw.matchAll(/(?:PASSWORD|PWD): (.*)|:\/\/\w+:([^@\n]*)@/g)];
    expect(stated.length).toBeGreaterThan(6);
    const values = stated.map(([, variable, inAddress]) => variable ?? inAddress ?? '');
    expect(
      values.filter((value) => !/^\$\{[A-Z_]+_PASSWORD:-(sexton|temporal|grafana)\}$/.test(value)),
    ).toEqual([]);
  });
});

describe('shell scripts that compose mounts', () => {
  it.each(['postgres/home-and-target.sh', 'temporal/schema.sh', 'temporal/namespace.sh'])(
    '%s is sound as far as the shell can tell',
    (file) => {
      expect(() => execFileSync('sh', ['-n', `${ROOT}docker/${file}`])).not.toThrow();
    },
  );
});
