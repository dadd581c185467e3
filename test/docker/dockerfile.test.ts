// No image can be built where the suite runs, so the Dockerfile is held against the repository it is built from.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/programs/house.ts';
import { read } from './read-compose.ts';
import { copies, imageEnv, readDockerfile, valuesOf } from './read-dockerfile.ts';

const stages = readDockerfile();
const last = stages.at(-1);
const copied = copies(stages);

/** Lines of .dockerignore, which shuts everything out and lets single paths in. */
const [shut, ...letIn] = read('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const allowed = letIn.map((line) => line.replace(/^!/, ''));
const isSent = (path: string): boolean =>
  allowed.some((each) => path === each || path.startsWith(`${each}/`));

describe('the image', () => {
  it('is built on exactly the Node that .node-version names', () => {
    const bases = stages.map(({ from }) => from).filter((from) => !stages.some(({ name }) => name === from));
    expect(bases).toEqual([`node:${read('.node-version').trim()}-bookworm-slim`]);
  });

  it('copies what exists and what the builder is sent, and from stages that come before', () => {
    expect(copied.length).toBeGreaterThan(5);
    for (const { stage, from, sources } of copied) {
      const at = stages.findIndex(({ name }) => name === stage);
      if (from !== undefined) expect(stages.slice(0, at).map(({ name }) => name)).toContain(from);
      const context = from === undefined ? sources : [];
      expect(context.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
      expect(context.filter((path) => !isSent(path.replace(/\/$/, '')))).toEqual([]);
    }
  });

  it('is sent only what it copies: no .env, no history, no packages of this machine', () => {
    expect(shut).toBe('*');
    expect(letIn.filter((line) => !line.startsWith('!'))).toEqual([]);
    const wanted = new Set(copied.filter(({ from }) => from === undefined).flatMap(({ sources }) => sources));
    expect(allowed.toSorted()).toEqual([...wanted].toSorted());
  });

  it('installs from the lock file without running anybody’s scripts, and at last without what only develops', () => {
    const installs = stages.map((stage) => valuesOf(stage, 'RUN').filter((run) => run.includes('npm ')));
    expect(installs.flat().map((run) => /npm [^&]*/.exec(run)?.[0].trim())).toEqual([
      'npm ci --ignore-scripts',
      'npm run build',
      'npm ci --ignore-scripts --omit=dev',
    ]);
    expect(JSON.parse(read('package.json')).scripts.build).toBeTypeOf('string');
    expect(valuesOf(last, 'RUN')).toEqual([]);
  });

  it('runs the worker as nobody special, unless it is given another command', () => {
    expect(valuesOf(last, 'USER')).toEqual(['node']);
    expect(valuesOf(last, 'ENTRYPOINT')).toEqual(['["node", "bin/sexton.mjs"]']);
    expect(valuesOf(last, 'CMD')).toEqual(['["worker"]']);
  });

  it('asks its health where it serves its metrics, at the port that it exposes', () => {
    const address = imageEnv(last)['SEXTON_METRICS_ADDRESS'];
    expect(valuesOf(last, 'EXPOSE')).toEqual([address?.split(':').at(-1)]);
    const [check] = valuesOf(last, 'HEALTHCHECK');
    expect(check).toContain('node /app/docker/healthcheck.mjs "$SEXTON_METRICS_ADDRESS"');
    expect(copied.filter(({ stage }) => stage === last?.name).flatMap(({ sources }) => sources)).toContain(
      'docker/healthcheck.mjs',
    );
  });
});
