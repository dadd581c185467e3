// What a command that gave up says.
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { expect, it } from 'vitest';
import { EXIT } from '../../src/client/context.ts';
import { explain } from '../../src/client/explain.ts';

it('says why a followed run failed, and not only that it did', () => {
  const said: string[] = [];
  const failure = ApplicationFailure.nonRetryable(
    'more than 100 items failed by themselves',
    'TOO_MANY_POISON',
  );
  const error = new WorkflowFailedError('Workflow execution failed', failure, 'NON_RETRYABLE_FAILURE');
  expect(explain(error, { write: (text: string) => said.push(text) > 0 })).toBe(EXIT.bad);
  expect(said).toEqual(['the run did not end well: more than 100 items failed by themselves\n']);
});
