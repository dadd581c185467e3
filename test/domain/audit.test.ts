// Which audit action tells which ending.
import { describe, expect, it } from 'vitest';
import { TERMINAL_ACTION_OF, TERMINAL_ACTIONS } from '../../src/domain/jobs/audit.ts';
import { END_STATES } from '../../src/domain/jobs/run.ts';

describe('the audit action of an ending', () => {
  it('SLA-20: is one of the five terminal actions for every state that a run can end in', () => {
    expect(Object.keys(TERMINAL_ACTION_OF).toSorted()).toEqual([...END_STATES].toSorted());
    for (const action of Object.values(TERMINAL_ACTION_OF)) expect(TERMINAL_ACTIONS).toContain(action);
  });

  it('SLA-16: counts a run that found the lock held neither as a success nor as a failure', () => {
    expect(TERMINAL_ACTION_OF.skipped).toBe('CLEANUP_LOCK_SKIPPED');
  });

  it('counts a run that preflight blocked as failed, because its work was not done', () => {
    expect(TERMINAL_ACTION_OF.blocked).toBe('CLEANUP_FAILED');
    expect(TERMINAL_ACTION_OF.stopped).toBe('CLEANUP_STOPPED');
  });

  it('SLA-19: never calls a real run a dry run', () => {
    expect(Object.values(TERMINAL_ACTION_OF)).not.toContain('CLEANUP_DRY_RUN');
  });
});
