// Words of `sexton run` that mean nothing: refused before anything is loaded or connected.
import { expect, it } from 'vitest';
import { registerRun } from '../../src/client/commands/run.ts';
import { typeLine } from '../support/programs/typing.ts';

const open = () => Promise.reject(new Error('something was connected'));

it.each([
  [['cleanup', '--budget', '5 minutes'], /--budget.*must be a duration such as 90s, 5m or 1h30m/],
  [['cleanup', '--budget', '0s'], /--budget.*must be a duration/],
  [['cleanup', '--rate', '-1'], /--rate.*must be a whole number from 1 on/],
  [['cleanup', '--rate', '1.5'], /--rate.*must be a whole number/],
  [['cleanup', '--rate', 'fast'], /--rate.*must be a whole number/],
  [['cleanup', '--dryrun'], /unknown option '--dryrun'/],
  [[], /missing required argument 'name'/],
])('%j is refused with exit code 2 and a word on what to do', async (words, told) => {
  const { code, stdout, stderr } = await typeLine([registerRun], { open }, ['run', ...words]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(told);
});
