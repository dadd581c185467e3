// The bundled packs are examples of what an outside pack can be: installed by one line, declared through one door.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { draftCleanup } from '../../packs/draft-cleanup/pack.ts';
import config from '../../sexton.config.ts';
import { findJob } from '../../src/catalog/catalog.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { draftCatalog } from '../support/packs/draft-pack.ts';

const PACKS = fileURLToPath(new URL('../../packs/', import.meta.url));
const ADDRESSES = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };

const importsOf = (pack: string): readonly string[] =>
  readdirSync(join(PACKS, pack), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(PACKS, pack, file), 'utf8').matchAll(/from '([^']+)'/g)])
    .map(([, from = '']) => from);

describe.each(['sla-monitoring', 'draft-cleanup'])('the bundle %s', (pack) => {
  it('needs no engine code but the one door of every pack (DRAFT-01, SLA-01)', () => {
    const engine = importsOf(pack).filter((from) => from.includes('/src/'));
    expect(engine.length).toBeGreaterThan(10);
    expect(engine.filter((from) => !from.endsWith('/src/index.ts'))).toEqual([]);
  });

  it('is gone with its line in the config, and the rest stands as it was (DRAFT-01, SLA-01)', () => {
    const idsOf = (packs: typeof config.packs) => {
      const { jobs, monitors, checks, reports } = assembleCatalog(
        checkConfig({ ...config, packs }),
        ADDRESSES,
      );
      return [...jobs, ...monitors, ...checks, ...reports].map(({ id }) => id);
    };
    const all = idsOf(config.packs);
    const without = idsOf(config.packs.filter(({ name }) => name !== pack));
    expect(all.length - without.length).toBeGreaterThan(10);
    expect(without).toEqual(all.filter((id) => !id.startsWith(`${pack}/`)));
  });
});

describe('the bundle sla-monitoring', () => {
  it('calls a run stuck after SLA_STUCK_MINUTES without progress, ten unless it is stated (SLA-82, SLA-95)', () => {
    const stuckAfter = (env: Readonly<Record<string, string>>) => {
      const { jobs } = assembleCatalog(checkConfig(config), { ...ADDRESSES, ...env });
      return findJob({ jobs }, 'cleanup_pdfs').snapshot.stuckAfterSeconds;
    };
    expect(stuckAfter({})).toBe(600);
    expect(stuckAfter({ SLA_STUCK_MINUTES: '7.5' })).toBe(450);
  });
});

describe('the bundle draft-cleanup', () => {
  it('says its version, and has its eleven queries, seven alerts, two dashboards and seven alerts’ runbooks (DRAFT-01, DRAFT-02)', () => {
    const { summary = '' } = draftCleanup;
    expect(summary).toContain('bundle version 1.0');
    const { jobs, reports, monitors, dashboards, runbooks } = draftCatalog();
    expect(jobs.map(({ name }) => name)).toContain('cleanup-old-drafts-hourly');
    const numbers = reports.flatMap(({ report }) => report.number ?? []);
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(monitors.flatMap(({ snapshot }) => snapshot.rules)).toHaveLength(7);
    expect(dashboards).toHaveLength(2);
    expect(runbooks.map(({ name }) => name)).toHaveLength(8);
  });
});
