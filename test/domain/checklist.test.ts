// What may be said of a checklist, and when: steps in their order, a note with each, and no way around one.
import { describe, expect, it } from 'vitest';
import {
  abandonChecklist,
  againstAbandoning,
  againstSignOff,
  againstStep,
  beginChecklist,
  type ChecklistSnapshot,
  type ChecklistState,
  completeStep,
  isOver,
  nextInChecklist,
  signOffChecklist,
} from '../../src/domain/checklists/checklist.ts';
import { checklistLines } from '../../src/domain/checklists/text.ts';

const PLAIN: ChecklistSnapshot = {
  v: 1,
  pack: 'garden',
  name: 'plant',
  title: 'Plant a tree',
  owner: 'gardener',
  steps: [
    { name: 'dig', title: 'The hole is dug', how: 'with a spade' },
    { name: 'plant', title: 'The tree stands' },
  ],
};
const SIGNED = { ...PLAIN, signOff: 'It will live' };
const AT = '2026-02-10T12:00:00.000Z';

const begun = (checklist = PLAIN): ChecklistState => beginChecklist({ v: 1, checklist, by: 'ana' }, AT);
const word = (step: string) => ({ step, by: 'ben', note: `did ${step}` });
const after = (state: ChecklistState, ...steps: string[]): ChecklistState =>
  steps.reduce((before, step) => completeStep(before, word(step), AT), state);

describe('a step', () => {
  it.each([
    ['the one that comes next', begun(), word('dig'), undefined],
    ['one that is blocked by another', begun(), word('plant'), 'dig comes first'],
    ['one that is done', after(begun(), 'dig'), word('dig'), `dig was done by ben at ${AT}`],
    ['one that there is not', begun(), word('water'), 'it has no step water; there are: dig, plant'],
    ['without a note', begun(), { step: 'dig', by: 'ben', note: ' ' }, 'note must say what was done'],
    ['by nobody', begun(), { step: 'dig', by: '', note: 'done' }, 'by must name a person'],
    ['of one that is over', after(begun(), 'dig', 'plant'), word('water'), 'it is completed'],
    [
      'after the last one',
      after(begun(SIGNED), 'dig', 'plant'),
      word('plant'),
      `plant was done by ben at ${AT}`,
    ],
  ])('%s is judged', (_, state, event, refusal) => {
    expect(againstStep(state, event)).toBe(refusal);
  });

  it('completed keeps who, when and what they said, and the next one comes up', () => {
    const state = after(begun(), 'dig');
    expect(state).toMatchObject({ state: 'open', next: { name: 'plant' } });
    expect(state.done).toEqual([{ step: 'dig', by: 'ben', at: AT, note: 'did dig' }]);
    expect(nextInChecklist(state)).toBe('plant: The tree stands');
  });
});

describe('the end', () => {
  it('comes with the last step, or with the sign-off where there is one', () => {
    expect(after(begun(), 'dig', 'plant')).toMatchObject({ state: 'completed', next: null });
    const waits = after(begun(SIGNED), 'dig', 'plant');
    expect(waits).toMatchObject({ state: 'waitingForSignOff', next: null });
    expect(nextInChecklist(waits)).toBe('sign-off: It will live');
    const signed = signOffChecklist(waits, { by: 'cem', note: 'it lives' }, AT);
    expect(signed).toMatchObject({ state: 'completed', signOff: { done: { by: 'cem', note: 'it lives' } } });
    expect([waits, signed].map(isOver)).toEqual([false, true]);
  });

  it.each([
    ['before its steps are done', begun(SIGNED), 'dig comes first'],
    ['of one that needs none', begun(), 'it needs no sign-off'],
    ['once they are', after(begun(SIGNED), 'dig', 'plant'), undefined],
  ])('a sign-off %s is judged', (_, state, refusal) => {
    expect(againstSignOff(state, { by: 'cem', note: 'fine' })).toBe(refusal);
  });

  it('comes by being abandoned too, once, with a reason', () => {
    const gone = abandonChecklist(after(begun(), 'dig'), { by: 'cem', note: 'too dry' }, AT);
    expect(gone).toMatchObject({ state: 'abandoned', next: null, abandoned: { by: 'cem', note: 'too dry' } });
    expect(againstAbandoning(gone, { by: 'cem', note: 'again' })).toBe('it is abandoned');
    expect(againstAbandoning(begun(), { by: 'cem', note: '' })).toBe('note must say what was done');
  });
});

it('is shown a line a step, with what was said, and how to do the one that comes next', () => {
  expect(checklistLines(begun())).toEqual([
    '[ ] dig: The hole is dug',
    '    with a spade',
    '[ ] plant: The tree stands',
  ]);
  expect(checklistLines(after(begun(SIGNED), 'dig'))).toEqual([
    '[x] dig: The hole is dug',
    `    ${AT} ben: did dig`,
    '[ ] plant: The tree stands',
    '[ ] sign-off: It will live',
  ]);
});
