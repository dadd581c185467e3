// Commands and checklists are checked when their pack is loaded, and every mistake is told by the place where it stands.
import { describe, expect, it } from 'vitest';
import { checkDeclarations } from '../../src/catalog/declarations.ts';
import { renderFault } from '../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import { definePack, variable } from '../../src/index.ts';

const faultsOf = (declared: object): readonly string[] => {
  const { packs } = checkConfig({
    packs: [definePack({ name: 'garden', databases: {}, env: {}, build: () => declared })],
  });
  const [pack] = packs;
  if (!pack) throw new Error('no such pack');
  return checkDeclarations({
    pack,
    env: {},
    directory: { roles: {}, people: {}, rotations: {} },
  }).faults.map(renderFault);
};

const run = async () => ({ answer: {}, text: '' });
const RAKE = { name: 'rake', summary: 'rakes', run };
const ALIAS = { name: 'mow', summary: 'mows', alias: ['run', 'mow'] };
const number = { summary: 'how many', value: variable.number() };
const optional = { summary: 'which', value: variable.line().optional() };

describe('a command', () => {
  it('that is sound has no fault, whether it is the pack’s own or an alias', () => {
    const full = {
      ...RAKE,
      name: 'leaves rake now',
      args: { count: number, tree: optional },
      options: { deepDown: { summary: 'deep', flag: true }, howDeep: number },
      audited: true,
      confirm: run,
    };
    expect(faultsOf({ commands: [RAKE, full, ALIAS, { ...ALIAS, name: 'm', words: { 1: 'a' } }] })).toEqual(
      [],
    );
  });

  it.each([
    [
      'a name of four words',
      { ...RAKE, name: 'a b c d' },
      'garden/command/a b c d.name: must be one to three words',
    ],
    ['a name in capitals', { ...RAKE, name: 'Rake' }, 'garden/command/Rake.name: must be one to three words'],
    ['no summary', { ...RAKE, summary: undefined }, 'garden/command/rake.summary: must be set'],
    ['nothing that runs', { ...RAKE, run: 'rake' }, 'garden/command/rake.run: must be a function'],
    [
      'an argument without a schema',
      { ...RAKE, args: { tree: { summary: 'x' } } },
      'garden/command/rake.args.tree.value: must be a schema',
    ],
    [
      'an argument that may be left out before one that may not',
      { ...RAKE, args: { tree: optional, count: number } },
      'garden/command/rake.args: must have those that may be left out last',
    ],
    [
      'an option that Sexton has anyway',
      { ...RAKE, options: { json: number } },
      'garden/command/rake.options.json: must not be by, help, json, yes',
    ],
    [
      'an option that is an argument already',
      { ...RAKE, args: { count: number }, options: { count: number } },
      'garden/command/rake.options.count: is an argument already',
    ],
    ['an unknown key', { ...RAKE, audit: true }, 'garden/command/rake.audit: no such key'],
    [
      'an alias of nothing',
      { ...ALIAS, alias: [] },
      'garden/command/mow.alias: must name a command of Sexton',
    ],
  ])('with %s is at fault', (_, command, fault) => {
    const faults = faultsOf({ commands: [command] });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  it('is at fault where its name is taken, or is the beginning of another', () => {
    expect(faultsOf({ commands: [RAKE, RAKE, { ...ALIAS, name: 'rake leaves' }] })).toEqual([
      'garden/command/rake: is named twice in its pack',
      'garden/command/rake: must not be the beginning of another command of the pack',
      'garden/command/rake: must not be the beginning of another command of the pack',
    ]);
  });
});

describe('a checklist', () => {
  const STEP = { name: 'dig', title: 'The hole is dug' };
  const PLANT = { name: 'plant', title: 'Plant a tree', owner: 'gardener', steps: [STEP] };

  it('that is sound has no fault', () => {
    const full = { ...PLANT, steps: [{ ...STEP, how: 'with a spade' }], signOff: 'It stands' };
    expect(faultsOf({ checklists: [full] })).toEqual([]);
  });

  it('is told all of its faults at once', () => {
    const broken = { ...PLANT, title: ' ', owner: 7, steps: [STEP, { name: 'Water', title: 'Wet' }] };
    expect(faultsOf({ checklists: [broken, { ...PLANT, name: 'bare', steps: [] }] })).toEqual([
      'garden/checklist/plant.title: must not be empty, got " "',
      'garden/checklist/plant.owner: must be a text, got 7',
      expect.stringContaining('garden/checklist/plant.steps.1.name: must be at most 40 of a-z'),
      'garden/checklist/bare.steps: must have a step, got []',
    ]);
  });

  it('is at fault where two steps have one name', () => {
    const [fault] = faultsOf({ checklists: [{ ...PLANT, steps: [STEP, STEP] }] });
    expect(fault).toContain('garden/checklist/plant.steps: must not have the step dig twice');
  });
});
