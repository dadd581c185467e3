// A checklist as people work through it: the workflow on the real Temporal server, its rows in real Postgres, and the
// command line. Each step blocks the next.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rollout } from '../../packs/draft-cleanup/checklists/rollout.ts';
import { checklistSchema } from '../../src/catalog/schema/checklists.ts';
import { registerChecklist } from '../../src/client/commands/checklist.ts';
import { checklistId, checklistWorkflowId } from '../../src/domain/ids.ts';
import { eventually } from '../support/eventually.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';

const SHORT = {
  title: 'Plant a tree',
  owner: 'gardener',
  steps: [
    { name: 'dig', title: 'The hole is dug', how: 'with a spade' },
    { name: 'plant', title: 'The tree stands' },
  ],
  signOff: 'It will live',
};

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([registerChecklist]);
});
afterAll(() => desk.close());

/** Declares a checklist of the test's own; returns its name. */
const declare = (checklist: object = SHORT): string => {
  const name = unique('list');
  const declared = {
    id: checklistId('test-pack', name),
    pack: 'test-pack',
    name,
    checklist: checklistSchema.parse({ ...checklist, name }),
  };
  Object.assign(desk.catalog, { checklists: [...desk.catalog.checklists, declared] });
  return name;
};

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await desk.sexton('checklist', ...args, '--json');
  return { code, stderr, ...(stdout === '' ? {} : JSON.parse(stdout)) };
};
const handleOf = (name: string) =>
  desk.bell.client.workflow.getHandle(checklistWorkflowId('test-pack', name));

describe('a checklist', () => {
  it('goes from step to step by people’s word alone, each blocking the next, to its sign-off (DRAFT-93)', async () => {
    const name = declare();
    expect(await json('start', name, '--by', 'ana')).toMatchObject({ code: 0, next: { name: 'dig' } });
    const early = await json('complete', name, 'plant', '--note', 'planted', '--by', 'ben');
    expect(early).toMatchObject({ code: 1, refused: `${name}: refused, dig comes first` });
    expect(await json('complete', name, 'dig', '--note', '2 m', '--by', 'ben')).toMatchObject({
      code: 0,
      state: 'open',
      next: { name: 'plant' },
    });
    expect(await json('complete', name, 'dig', '--note', 'again')).toMatchObject({
      code: 1,
      refused: expect.stringContaining('dig was done by ben at'),
    });
    expect(await json('sign-off', name, '--note', 'fine')).toMatchObject({
      code: 1,
      refused: `${name}: refused, plant comes first`,
    });
    expect(await json('complete', name, 'plant', '--note', 'an oak')).toMatchObject({
      state: 'waitingForSignOff',
    });
    const signed = await json('sign-off', name, '--note', 'it lives', '--by', 'cem');
    expect(signed).toMatchObject({
      code: 0,
      state: 'completed',
      signOff: { done: { by: 'cem', note: 'it lives' } },
    });
    expect(await handleOf(name).result()).toMatchObject({ state: 'completed' });
    await record('checklist-signed-off', handleOf(name));
    expect(await json('complete', name, 'plant', '--note', 'late')).toMatchObject({
      code: 1,
      refused: expect.stringContaining('is over'),
    });
  });

  it('stands in rows with who did what, when and what they said, also once its workflow is over (DRAFT-93)', async () => {
    const name = declare();
    await json('start', name, '--by', 'ana');
    await json('complete', name, 'dig', '--note', '2 m', '--by', 'ben');
    const { rows } = await desk.db.query(
      `SELECT c.state, c.started_by, s.step, s.done_by, s.note, s.done_at IS NOT NULL AS dated
       FROM sexton.checklist c JOIN sexton.checklist_step s USING (run_id) WHERE c.name = $1`,
      [name],
    );
    expect(rows).toEqual([
      { state: 'open', started_by: 'ana', step: 'dig', done_by: 'ben', note: '2 m', dated: true },
    ]);
    const shown = await desk.sexton('checklist', 'show', name);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(
      /^Plant a tree: open, started by ana at \S+\n {2}\[x\] dig: The hole is dug\n {6}\S+ ben: 2 m\n {2}\[ \] plant: The tree stands\n {2}\[ \] sign-off: It will live\nnext: plant: The tree stands\n$/,
    );
    expect(await json('abandon', name, '--note', 'too dry')).toMatchObject({ code: 0, state: 'abandoned' });
    expect((await json('list')).checklists).toContainEqual(
      expect.objectContaining({ id: checklistId('test-pack', name), state: 'abandoned', done: 1, steps: 2 }),
    );
  });

  it('takes signals too; one that comes too early changes nothing (DRAFT-93)', async () => {
    const name = declare({ ...SHORT, signOff: undefined });
    await json('start', name);
    await handleOf(name).signal('complete', { by: 'ben', step: 'plant', note: 'too early' });
    await handleOf(name).signal('complete', { by: 'ben', step: 'dig', note: '2 m' });
    await handleOf(name).signal('complete', { by: 'ben', step: 'plant', note: 'an oak' });
    expect(await handleOf(name).result()).toMatchObject({
      state: 'completed',
      done: [
        { step: 'dig', note: '2 m' },
        { step: 'plant', note: 'an oak' },
      ],
    });
  });

  it('is found by its search attributes, one of a name at a time (DRAFT-93)', async () => {
    const name = declare();
    await json('start', name);
    expect(await json('start', name)).toMatchObject({
      code: 1,
      refused: expect.stringContaining('one goes on already'),
    });
    await eventually('it is listed', async () => {
      const query = `SextonKind = 'checklist' AND SextonName = '${name}' AND SextonState = 'open'`;
      return (await desk.bell.client.workflow.count(query)).count === 1;
    });
    await json('abandon', name, '--note', 'done here');
    expect(await json('start', name)).toMatchObject({ code: 0 });
  });

  it('is refused a note that says nothing, and a name that is none', async () => {
    const name = declare();
    expect(await json('complete', name, 'dig', '--note', ' ')).toMatchObject({ code: 2 });
    expect(await json('start', 'lisst')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no checklist'),
    });
    expect(await desk.sexton('checklist', 'show', name)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Plant a tree: not started'),
    });
  });

  it('of the rollout has the steps of DRAFT-93 in their order, and a practised drill at the end (DRAFT-93)', () => {
    expect(rollout.steps.map(({ name }) => name)).toEqual([
      'staging-import',
      'queries',
      'view',
      'slack-webhook',
      'alert-3',
      'minimal-dashboard',
      'daily-checks',
      'production',
      'one-week-watch',
      'thresholds',
      'full-dashboard',
      'walkthrough',
    ]);
  });
});
