// What the command line says of itself: its commands, each with its words, its exit codes and its version.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { ENGINE_COMMANDS } from '../../src/catalog/engine-commands.ts';
import { registerSchedule } from '../../src/client/commands/schedule.ts';
import { createProgram } from '../../src/client/main.ts';
import { sexton } from '../support/programs/command.ts';
import { ROOT } from '../support/programs/house.ts';
import { typeLine } from '../support/programs/typing.ts';

const open = () => Promise.reject(new Error('something was connected'));

describe('--help', () => {
  it('lists the commands and the exit codes, and exits with 0 for each, within a group too', async () => {
    const { code, stdout } = await sexton(process.env, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Exit codes: 0 yes · 1 no · 2 failed or bad input · 3 could not find out · 4 differences',
    );
    for (const { name } of commands().filter(({ group }) => group === ''))
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    const page = await typeLine([registerSchedule], { open }, ['schedule', 'resume', '--help']);
    expect(page).toMatchObject({ code: 0, stderr: '' });
    expect(page.stdout).toMatch(/^Usage: sexton schedule resume \[options\] <name>\n/);
  });

  it('has no command whose name a pack could take, and so never be reached', () => {
    const words = createProgram({}).commands.flatMap((each) => [each.name(), ...each.aliases()]);
    expect([...ENGINE_COMMANDS].toSorted()).toEqual([...words, 'help'].toSorted());
  });

  it('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await sexton(process.env, '--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('explains every command, each of its arguments and each of its options, and each but those that serve knows --json', () => {
    const all = commands();
    const named = all.map(({ group, name }) => `${group}${name}`);
    expect(named).toEqual(
      expect.arrayContaining([
        'plan',
        'apply',
        'run',
        'worker',
        'pause',
        'schedule trigger',
        'incident retry',
      ]),
    );
    const unexplained = all.flatMap(({ name, command }) => [
      ...(command.description() === '' ? [name] : []),
      ...command.options.filter(({ description }) => !description).map(({ flags }) => `${name} ${flags}`),
      ...command.registeredArguments
        .filter(({ description }) => !description)
        .map((argument) => `${name} ${argument.name()}`),
    ]);
    expect(unexplained).toEqual([]);
    const withoutJson = all
      .filter(({ command }) => command.commands.length === 0)
      .filter(({ command }) => !command.options.some(({ long }) => long === '--json'));
    expect(withoutJson.map(({ name }) => name)).toEqual(['dev', 'worker', 'gateway']);
  });
});

interface Listed {
  /** `schedule ` and the like; empty at the top. */
  readonly group: string;
  readonly name: string;
  readonly command: Command;
}

/** Every command, those in groups too. */
const commands = (parent: Command = createProgram({}), group = ''): readonly Listed[] =>
  parent.commands.flatMap((command) => [
    { group, name: command.name(), command },
    ...commands(command, `${group}${command.name()} `),
  ]);
