// The command line in this process: what a person types, what they read, and the exit code.
import { Writable } from 'node:stream';
import { Command } from 'commander';
import type { CommandContext } from '../../../src/client/context.ts';
import { explain } from '../../../src/client/explain.ts';
import type { CommandResult } from './command.ts';

/** A stream that remembers what was written to it. */
export const collectText = (): { readonly stream: Writable; readonly text: () => string } => {
  let text = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
};

interface Streams {
  readonly out: Writable;
  readonly err: Writable;
}

/** Commands leave theirs here; read through a function, since the compiler takes what was assigned for what stands. */
const exitCode = (): number => Number(process.exitCode ?? 0);

/** One command line, its commands registered with `context`; the process' own exit code stays as it is. */
export const typeLine = async <C extends object>(
  registers: readonly ((program: Command, context: C & Streams) => void)[],
  context: C,
  args: readonly string[],
): Promise<CommandResult> => {
  const [out, err] = [collectText(), collectText()];
  const program = new Command('sexton').exitOverride().configureOutput({
    writeOut: (text) => out.stream.write(text),
    writeErr: (text) => err.stream.write(text),
  });
  for (const register of registers) register(program, { ...context, out: out.stream, err: err.stream });
  const before = process.exitCode;
  let code: number;
  try {
    process.exitCode = undefined;
    await program.parseAsync([...args], { from: 'user' });
    code = exitCode();
  } catch (error) {
    code = explain(error, err.stream);
  } finally {
    process.exitCode = before;
  }
  return { code, stdout: out.text(), stderr: err.text() };
};

/** A command line of those that need Temporal, with the catalog and client given. */
export const type = (
  registers: readonly ((program: Command, context: CommandContext) => void)[],
  session: Pick<Awaited<ReturnType<CommandContext['open']>>, 'catalog' | 'client'>,
  args: readonly string[],
): Promise<CommandResult> =>
  typeLine<Pick<CommandContext, 'open'>>(
    registers,
    { open: async () => ({ ...session, close: async () => {} }) },
    args,
  );
