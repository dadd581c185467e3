// The Dockerfile as stages of instructions: as much of its grammar as ours uses.
import { read } from './read-compose.ts';

interface Instruction {
  /** `FROM`, `COPY`, … */
  readonly name: string;
  readonly value: string;
}

export interface Stage {
  readonly name: string;
  /** An image, or the name of an earlier stage. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

const instructions = (text: string): readonly Instruction[] =>
  text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, value] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`not an instruction: ${line}`);
      return { name, value: value.trim() };
    });

export const readDockerfile = (): readonly Stage[] => {
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructions(read('Dockerfile'))) {
    if (instruction.name !== 'FROM') stages.at(-1)?.instructions.push(instruction);
    else {
      const [, from, name] = /^(\S+) AS (\S+)$/.exec(instruction.value) ?? [];
      if (from === undefined || name === undefined)
        throw new Error(`not a named stage: ${instruction.value}`);
      stages.push({ name, from, instructions: [] });
    }
  }
  return stages;
};

/** Values of one kind of instruction in a stage. */
export const valuesOf = (stage: Stage | undefined, name: string): readonly string[] =>
  (stage?.instructions ?? []).filter((each) => each.name === name).map(({ value }) => value);

/** What the last stage sets with ENV. */
export const imageEnv = (stage: Stage | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    valuesOf(stage, 'ENV')
      .flatMap((value) => value.split(/\s+/))
      .map((pair) => {
        const [name = '', ...rest] = pair.split('=');
        return [name, rest.join('=')];
      }),
  );

export interface Copy {
  readonly stage: string;
  /** Another stage, or undefined for the build's context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
}

export const copies = (stages: readonly Stage[]): readonly Copy[] =>
  stages.flatMap((stage) =>
    valuesOf(stage, 'COPY').map((value) => {
      const words = value.split(/\s+/);
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
      const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
      return { stage: stage.name, from, sources };
    }),
  );
