// Servers given by the environment: used as they are, neither started nor stopped, nor created in.
import type { ServerChoice } from './stack.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface GivenServers {
  readonly temporal: string | undefined;
  readonly postgres: { readonly home: string; readonly packs: string } | undefined;
  readonly redis: string | undefined;
}

export const givenServers = (env: Environment): GivenServers => {
  // One of the two is enough: each stands in for the other.
  const packs = env['DATABASE_URL'] || env['SEXTON_DATABASE_URL'];
  const home = env['SEXTON_DATABASE_URL'] || packs;
  return {
    temporal: env['TEMPORAL_ADDRESS'] || undefined,
    postgres: home && packs ? { home, packs } : undefined,
    redis: env['REDIS_URL'] || undefined,
  };
};

/** Without user and password. */
const shown = (url: string): string => {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    return 'an address that is no URL';
  }
};

export const environmentChoices = ({ temporal, postgres, redis }: GivenServers): readonly ServerChoice[] => [
  ...(temporal ? [choice({ name: 'temporal', detail: `${temporal}, given by TEMPORAL_ADDRESS` })] : []),
  ...(postgres
    ? [choice({ name: 'postgres', detail: `${shown(postgres.home)}, given by the environment` })]
    : []),
  ...(redis ? [choice({ name: 'redis', detail: `${shown(redis)}, given by REDIS_URL` })] : []),
];

const choice = (given: Pick<ServerChoice, 'name' | 'detail'>): ServerChoice => ({
  ...given,
  source: 'environment',
});
