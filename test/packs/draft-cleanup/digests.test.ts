// When the team that looks after drafts is sent what, as it is declared. That digests are sent, kept and signed off is
// tested with their workflow.
import { CronExpressionParser } from 'cron-parser';
import { describe, expect, it } from 'vitest';
import { loadConfigFile } from '../../../src/catalog/load.ts';
import { declaredSchedules } from '../../../src/client/sync/schedule-spec.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';

const ENV = {
  DATABASE_URL: 'postgres://db/x',
  REDIS_URL: 'redis://cache',
  BLOB_READ_WRITE_TOKEN: 'vercel_blob_rw_test_token',
  SLACK_BOT_TOKEN: 'xoxb-test',
  SMTP_URL: 'smtp://mail',
  EMAIL_FROM: 'sexton@example.org',
};
const catalog = assembleCatalog(await loadConfigFile('sexton.config.ts'), ENV);
const digest = (name: string) => {
  const found = catalog.digests.find((each) => each.id === `draft-cleanup/digest/${name}`);
  if (!found) throw new Error(`no digest ${name}`);
  return found;
};
const numbersOf = (name: string) =>
  digest(name).snapshot.reports.map(
    ({ report }) =>
      catalog.reports.find((each) => each.id === `draft-cleanup/report/${report}`)?.report.number ?? report,
  );
const next = (name: string, from: string): string =>
  CronExpressionParser.parse(digest(name).schedule, { currentDate: new Date(from), tz: 'UTC' })
    .next()
    .toDate()
    .toISOString();

describe('digests of drafts', () => {
  it('come on Mondays at 07:00 with Q5, Q7, Q9 and Q8, to be signed off before the next (DRAFT-92)', () => {
    expect(numbersOf('draft-weekly')).toEqual([5, 7, 9, 8]);
    expect(next('draft-weekly', '2026-02-10T12:00:00Z')).toBe('2026-02-16T07:00:00.000Z');
    expect(digest('draft-weekly').snapshot.signOff).toMatchObject({ withinSeconds: 6 * 86_400 });
  });

  it('come on the first of a month at 07:00 with the months, Q9, Q10 and the goal, and ask for the runbooks to be gone over (DRAFT-92)', () => {
    expect(numbersOf('draft-monthly')).toEqual(['monthly_trend', 9, 10, 'cleanup_uptime']);
    expect(next('draft-monthly', '2026-02-10T12:00:00Z')).toBe('2026-03-01T07:00:00.000Z');
    expect(digest('draft-monthly').snapshot.reminders.join()).toMatch(/^Review the runbooks/);
    expect(digest('draft-monthly').snapshot.signOff?.task).toContain('runbooks');
  });

  it.each(['draft-weekly', 'draft-monthly'])(
    '%s goes to Slack and e-mail and is kept for 24 months (DRAFT-101)',
    (name) => {
      const { to, keepSeconds } = digest(name).snapshot;
      expect(to.map((target) => target.split(':')[0])).toEqual(['slack', 'email']);
      expect(keepSeconds).toBe(730 * 86_400);
    },
  );

  it('have a schedule in Temporal each, which `apply` makes', () => {
    const found = declaredSchedules(catalog).filter(({ shape }) => shape.workflowType === 'digest');
    expect(found.map(({ id, shape }) => [id, shape.taskQueue, shape.overlap])).toEqual([
      ['sexton/draft-cleanup/digest/draft-weekly', 'sexton-orchestration', 'SKIP'],
      ['sexton/draft-cleanup/digest/draft-monthly', 'sexton-orchestration', 'SKIP'],
    ]);
  });
});
