// What the Temporal UI says of a job's steps before it runs.
import { describe, expect, it } from 'vitest';
import { jobStaticDetails } from '../../src/domain/jobs/text.ts';
import { aJob } from '../support/jobs/builders.ts';
import { aJobOf, oldRowsOf } from '../support/jobs/steps.ts';

describe('the details of a job', () => {
  it('name each of several steps with what it does, and no address', () => {
    const oneShot = { database: 'app', timeoutSeconds: 300, ifFails: 'fail' as const };
    const text = jobStaticDetails(
      aJobOf([
        {
          name: 'logs',
          action: 'archive',
          batchRows: 5,
          selection: oldRowsOf('log'),
          archive: { schema: 'old', table: 'log' },
        },
        {
          name: 'touch',
          action: 'sql-batches',
          batchRows: 5,
          selection: oldRowsOf('log'),
          sql: 'UPDATE log\n  SET n = 1 WHERE id = ANY($1)',
        },
        {
          ...oneShot,
          name: 'vacuum',
          action: 'vacuum',
          tables: [{ schema: 'public', table: 'log' }],
          analyze: true,
          skipLocked: false,
        },
      ]),
    );
    expect(text).toContain('- **Step 1** logs: archive');
    expect(text).toContain('- **Retention** rows leave 1d after `at`');
    expect(text).toContain('- **Archive** `old.log`; a row goes once its copy there is equal');
    expect(text).toContain('- **Step 2** touch: sql-batches');
    expect(text).toContain('- **Retention** rows are taken 1d after `at`');
    expect(text).toContain('- **Statement** once for each row: `UPDATE log SET n = 1 WHERE id = ANY($1)`');
    expect(text).toContain('- **Vacuum** of `public.log`, each within 5m');
  });

  it('of a job of one step say nothing of steps', () => {
    const text = jobStaticDetails(aJob());
    expect(text).not.toContain('**Step');
    expect(text).toContain('- **Table** `public.link` in `test-pack/app`');
  });
});
