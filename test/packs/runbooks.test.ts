// What the pages say that somebody is sent to at night: everything that must be thought of, in the order in which it is
// to be done. The commands in them are runbook-commands.test.ts's.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RUNBOOK_HEADINGS } from '../../src/domain/runbook.ts';
import { draftCatalog, draftRule } from '../support/packs/draft-pack.ts';

const page = (pack: string, name: string): string =>
  readFileSync(new URL(`../../packs/${pack}/runbooks/${name}.md`, import.meta.url), 'utf8').replaceAll(
    /\s+/g,
    ' ',
  );

/** Each is there, and after the one before it. */
const inOrder = (text: string, parts: readonly RegExp[]): void => {
  let from = 0;
  for (const part of parts) {
    const found = text.slice(from).search(part);
    expect(found, `${part} after position ${from}`).toBeGreaterThanOrEqual(0);
    from += found;
  }
};

describe('the runbook of a warning', () => {
  it('goes from slow batches over the database and the batch size to the platform, prevents, and escalates after three runs (SLA-89)', () => {
    inOrder(page('sla-monitoring', 'sla-breach-warning'), [
      /slow batches/,
      /sessions that wait, ungranted locks/,
      /Judge the batch size.+lower it.+set-batch-size/,
      /a database that scales up.+a slow network/,
      /better indexes and queries, more database compute, smaller batches, or one large job split into smaller and more frequent ones/,
      /three completed runs in a row above 80 % the engineering lead/,
    ]);
  });
});

describe('the runbook of a critical or failed job', () => {
  it('leaves a running job alone, stops it gracefully only after ten minutes without progress, and rehearses before the schedule goes on (SLA-90)', () => {
    inOrder(page('sla-monitoring', 'sla-breach-critical'), [
      /Leave a run that goes on alone: it may hold a transaction that is not finished/,
      /locks that were not granted/,
      /Read the errors/,
      /Only after ten minutes without any, stop it gracefully.+sexton stop/,
      /release-lock/,
      /Name the cause \(timeout, deadlock, resources run out\), remove the immediate block/,
      /Mend it for good \(query, timeout, batch size\)/,
      /--dry-run/,
      /schedule resume/,
      /on-call is paged/,
      /incident channel and write the report/,
    ]);
  });
});

describe('the runbook of the queue', () => {
  it('finds what failures have in common, resolves like items together, assigns, adds people, and mends the cause (SLA-91)', () => {
    inOrder(page('sla-monitoring', 'mrq-overflow'), [
      /Find common causes/,
      /Resolve like items together, for example the PDFs of one day/,
      /Assign what is urgent/,
      /Add people for a while/,
      /mend the cause upstream, the failing jobs and the cases that nobody thought of; automate.+raise the operators' capacity/,
    ]);
  });
});

describe('the runbooks of drafts', () => {
  const catalog = draftCatalog();
  const rules = catalog.monitors.flatMap(({ snapshot }) => snapshot.rules.map(({ rule }) => rule.name));

  it.each(rules)(
    'have a page for %s that names the alert, a query to confirm it, and its headings in order (DRAFT-83)',
    (alert) => {
      const { runbook = '' } = draftRule(alert, catalog).rule.bands[0];
      const text = page('draft-cleanup', runbook);
      expect(text).toContain(`\`${alert}\``);
      inOrder(
        text,
        RUNBOOK_HEADINGS.map((heading) => new RegExp(`## ${heading}`)),
      );
      const confirm = text.slice(text.indexOf('## How to confirm'), text.indexOf('## First actions'));
      expect(confirm).toMatch(/Q\d|redis check/);
    },
  );

  it('say who is paged when, how to acknowledge, where to look, how to hand over, and what to write down (DRAFT-84)', () => {
    inOrder(page('draft-cleanup', 'on-call'), [
      /Who is paged when.+4 h 30/,
      /How to acknowledge.+sexton ack/,
      /Where to look.+dashboards.+Temporal UI/,
      /How to hand over.+reassign/,
      /Before closing Write down the cause and what was learned/,
    ]);
  });

  it('have four guides, each with symptom, checks by query number, fixes and related commands (DRAFT-85)', () => {
    const folder = new URL('../../packs/draft-cleanup/runbooks/guides/', import.meta.url);
    const guides = readdirSync(folder);
    expect(guides.toSorted()).toEqual(['job-not-running.md', 'old-drafts.md', 'pollution.md', 'redis.md']);
    for (const guide of guides)
      inOrder(readFileSync(new URL(guide, folder), 'utf8').replaceAll(/\s+/g, ' '), [
        /\*\*Symptom:\*\*/,
        /\*\*Checks:\*\*.*Q\d/,
        /\*\*Fixes:\*\*/,
        /\*\*Related commands:\*\*.*npx sexton/,
      ]);
  });
});
