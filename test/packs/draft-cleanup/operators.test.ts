// The verbs of the draft pack's specification that are Sexton's own commands, and the page that says who is paged when. What
// each of those commands holds to is proved where it is (test/client, test/workflows).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { draftCleanup } from '../../../packs/draft-cleanup/pack.ts';
import config from '../../../sexton.config.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { createProgram } from '../../../src/client/main.ts';
import { aliasLine } from '../../../src/client/pack-commands/register.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
const catalog = assembleCatalog(
  checkConfig({ ...config, packs: [draftCleanup] }, 'sexton.config.ts', ENV),
  ENV,
);
const JOB = 'cleanup-old-drafts-hourly';

const lineOf = (name: string, ...args: string[]): readonly string[] => {
  const command = catalog.commands.find((each) => each.name === name)?.command;
  if (!command || !('alias' in command)) throw new Error(`${name} is no alias`);
  return aliasLine(command, args);
};

describe('a verb of the specification', () => {
  it.each([
    ['cleanup dry-run', ['run', JOB, '--dry-run'], 'DRAFT-87'],
    ['cleanup run-now', ['run', JOB], 'DRAFT-87'],
    ['cleanup pause', ['schedule', 'pause', JOB], 'DRAFT-87'],
    ['cleanup resume', ['schedule', 'resume', JOB], 'DRAFT-88'],
    ['cleanup stop', ['stop', JOB], 'DRAFT-87'],
    ['cleanup retry', ['retry', JOB], 'DRAFT-87'],
    ['cleanup set-batch-size', ['set-batch-size', JOB], 'DRAFT-87'],
    ['cleanup release-lock', ['release-lock', JOB], 'DRAFT-87'],
    ['schedule restart', ['schedule', 'restart', JOB], 'DRAFT-86'],
    ['worker redeploy-check', ['workers', '--pack', 'draft-cleanup'], 'DRAFT-86'],
    ['diagnose', ['diagnose', JOB], 'DRAFT-85'],
  ])('%s is `sexton %s` (%s)', (name, line) => {
    expect(lineOf(name)).toEqual(line);
    const [verb] = line;
    expect(createProgram({}).commands.map((each) => each.name())).toContain(verb);
  });

  it.each([
    ['1', 'draft_pollution_high'],
    ['2', 'draft_pollution_critical'],
    ['3', 'cleanup_job_stalled'],
    ['4', 'old_drafts_pending'],
    ['5', 'draft_traffic_spike'],
    ['6', 'redis_unavailable'],
    ['7', 'cleanup_job_failures'],
  ])('alert test %s is a drill of %s, which there is (DRAFT-66)', (number, rule) => {
    expect(lineOf('alert test', number, '--follow')).toEqual(['incident', 'drill', rule, '--follow']);
    const rules = catalog.monitors.flatMap(({ snapshot }) => snapshot.rules.map((each) => each.rule.name));
    expect(rules).toContain(rule);
    expect(lineOf('alert list')).toContain(rule);
  });
});

describe('the on-call page', () => {
  const file = catalog.runbooks.find(({ name }) => name === 'on-call')?.file ?? '';
  const page = readFileSync(file, 'utf8');

  it('says who is paged when, how to acknowledge, where to look, how to hand over, and what to write down (DRAFT-84)', () => {
    expect(page.match(/^## .+$/gm)).toEqual([
      '## Who is paged when',
      '## How to acknowledge',
      '## Where to look',
      '## How to hand over',
      '## Before closing',
    ]);
    expect(page).toMatch(/Temporal UI/);
    expect(page).toMatch(/dashboard/);
    expect(page).toMatch(/the cause and what was learned/);
  });

  it('has the times of every alert’s own ladder (DRAFT-84)', () => {
    const seconds = (cell: string): readonly number[] =>
      cell
        .split(' and ')
        .filter((text) => text.trim() !== '')
        .map((text) => {
          if (text.trim() === 'at once') return 0;
          const [, hours = '0', minutes = '0'] =
            /^(?:(\d+) h)?\s*(?:(\d+)(?: min)?)?$/.exec(text.trim()) ?? [];
          return Number(hours) * 3600 + Number(minutes) * 60;
        });
    const rows = [...page.matchAll(/^\| (\d \[.*?) \|(.*)\|$/gm)].map(([, alerts = '', cells = '']) => ({
      alerts: [...alerts.matchAll(/(\d) \[/g)].map(([, number]) => Number(number)),
      times: cells.split('|').flatMap(seconds),
    }));
    expect(rows.flatMap(({ alerts }) => alerts).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const { alerts, times } of rows) {
      for (const number of alerts) {
        const rule = lineOf('alert test', String(number)).at(-1);
        const found = catalog.monitors
          .flatMap(({ snapshot }) => snapshot.rules)
          .find((each) => each.rule.name === rule);
        const severity = found?.bands[0].severity ?? 'info';
        const tiers = found?.rule.routes[severity]?.tiers ?? [];
        const told = tiers.map(({ afterSeconds }) => afterSeconds);
        expect([number, times.filter((time) => !told.includes(time))]).toEqual([number, []]);
      }
    }
  });
});
