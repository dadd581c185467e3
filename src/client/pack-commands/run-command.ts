// Runs one command of a pack: asks first where it says so, and tells what came of it in words or as one JSON object.
import { userInfo } from 'node:os';
import type { Catalog, CatalogCommand } from '../../catalog/catalog.ts';
import type { CommandAnswer, CommandDefinition, CommandRefusal } from '../../catalog/define/commands.ts';
import type { Confirm } from '../confirm.ts';
import { type CommandContext, EXIT } from '../context.ts';
import { withTools } from './tools.ts';

/** What every command may be given. */
export interface GivenFlags {
  readonly json?: boolean;
  readonly by?: string;
  readonly yes?: boolean;
}

export interface PackContext {
  readonly context: CommandContext;
  readonly catalog: Catalog;
  readonly confirm: Confirm;
  /** Runs another command line in this one's place. */
  readonly again: (args: readonly string[]) => Promise<void>;
}

type Own = Extract<CatalogCommand['command'], { readonly run: unknown }>;

interface Asked {
  readonly command: CatalogCommand;
  readonly own: Own;
  readonly values: Readonly<Record<string, unknown>>;
  readonly flags: GivenFlags;
}

type Ran = CommandAnswer | CommandRefusal | { readonly unasked: string; readonly shown: string };

/** The exit code. */
export const runCommand = async (
  { context, catalog, confirm }: PackContext,
  { command: { pack, name }, own, values, flags }: Asked,
): Promise<number> => {
  const { by = userInfo().username, json = false, yes } = flags;
  const asker = { pack, command: name, by, audited: own.audited };
  const ran = await withTools({ context, catalog, asker }, async (tools): Promise<Ran> => {
    // The schemas gave the values their types; here nobody knows them any more.
    const definition = own as unknown as CommandDefinition;
    const given = values as never;
    const asked = await definition.confirm?.(tools, given);
    if (!asked) return definition.run(tools, given, undefined);
    if ('refused' in asked) return asked;
    if (!json) context.out.write(`${asked.shown}\n`);
    const sure = yes ?? (json ? undefined : await confirm(asked.question));
    if (sure === undefined)
      return {
        unasked: 'nothing was done: without a terminal, or with --json, say --yes',
        shown: asked.shown,
      };
    if (!sure) return { refused: 'nothing was done' };
    return definition.run(tools, given, asked.seen);
  });
  return tellRan(context, ran, json);
};

const tellRan = ({ out, err }: CommandContext, ran: Ran, json: boolean): number => {
  if ('answer' in ran) {
    out.write(`${json ? JSON.stringify(ran.answer) : ran.text}\n`);
    return ran.exit ?? EXIT.yes;
  }
  if ('unasked' in ran) {
    const { unasked: refused, shown } = ran;
    if (json) out.write(`${JSON.stringify({ refused, shown })}\n`);
    else err.write(`${refused}\n`);
    return EXIT.bad;
  }
  const { refused, exit = EXIT.no } = ran;
  if (json) out.write(`${JSON.stringify({ refused })}\n`);
  else err.write(`${refused}\n`);
  return exit;
};
