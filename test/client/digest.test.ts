// `sexton digest`: what is declared and what was sent, one as it was sent, one sent now, and the word of whoever looked at it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerDigest } from '../../src/client/commands/digest.ts';
import type { DigestState } from '../../src/domain/digests/digest.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { eventually } from '../support/eventually.ts';
import { aReport, loadGarden } from '../support/packs/reports.ts';
import { typeLine } from '../support/programs/typing.ts';

const DECLARED = loadGarden({
  reports: [aReport({ interpret: () => ['There is one bed.'] })],
  digests: [
    {
      name: 'weekly',
      title: 'The garden this week',
      summary: 'How the garden does',
      owner: 'gardener',
      schedule: '0 7 * * 1',
      reports: ['beds'],
      to: ['log'],
      signOff: { by: 'log', task: 'Look at the beds.' },
    },
  ],
});

let bell: Bell;
beforeAll(async () => {
  bell = await openBell(undefined, {
    reports: DECLARED.reports,
    looking: { of: () => bell.engine.databases.home },
    channels: { send: async () => ({}), sendInstead: async () => {}, post: async () => ({}) },
  });
});
afterAll(() => bell.close());

const sexton = (...args: string[]) => {
  const catalog = { ...DECLARED, home: { url: bell.engine.url } };
  const open = async () => ({ catalog, client: bell.client, close: async () => {} });
  return typeLine([registerDigest], { load: async () => catalog, open }, ['digest', ...args]);
};

describe('sexton digest', () => {
  it('before anything was sent lists what is declared, and shows and signs nothing', async () => {
    expect(await sexton()).toEqual({
      code: 0,
      stdout: 'garden/digest/weekly  0 7 * * 1  The garden this week\n',
      stderr: '',
    });
    expect(await sexton('show', 'weekly')).toMatchObject({
      code: 2,
      stderr: 'weekly: nothing was sent yet, or it is past its 24 months\n',
    });
    expect(await sexton('sign-off', 'weekly')).toMatchObject({
      code: 1,
      stderr: 'weekly: nothing was sent yet\n',
    });
    expect(await sexton('show', 'weakly')).toMatchObject({
      code: 2,
      stderr: 'no digest weakly; did you mean weekly?\n',
    });
  });

  it('sends one now, shows it as it was sent, and takes the word of a person once (DRAFT-92)', async () => {
    await bell.serving(async () => {
      const { workflowId } = JSON.parse((await sexton('send', 'weekly', '--json')).stdout);
      const handle = bell.client.workflow.getHandle(workflowId);
      await eventually(
        'it waits',
        async () => (await handle.query<DigestState>('state')).state === 'waitingForSignOff',
      );
      const { stdout } = await sexton('show', 'weekly');
      expect(stdout).toContain('- There is one bed.');
      expect(stdout).toMatch(/\nlog: sent\n$/);
      expect((await sexton()).stdout).toMatch(/ {6}\d+ {2}\S+Z {12}to be signed off until \S+Z\n/);
      const signed = await sexton('sign-off', 'weekly', '--by', 'ana', '--note', 'all well');
      expect([signed.code, signed.stdout]).toEqual([0, expect.stringMatching(/^\d+: signed off by ana\n$/)]);
      expect(await sexton('sign-off', 'weekly', '--by', 'ben')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^garden\/digest\/weekly: refused, ana has signed it off at /),
      });
      const { made } = JSON.parse((await sexton('--json')).stdout);
      expect(made).toMatchObject([{ name: 'weekly', signOff: 'signed', signedBy: 'ana', note: 'all well' }]);
      expect(await sexton('show', `${made[0].letter}`)).toMatchObject({ code: 0, stdout });
    });
  });
});
