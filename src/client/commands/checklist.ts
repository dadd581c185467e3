// `sexton checklist list | start | show | complete | sign-off | abandon`: steps that people do one after the other. What is said is
// an update of the checklist's workflow; what was said is read from its rows.
import { userInfo } from 'node:os';
import Table from 'cli-table3';
import { type Command, InvalidArgumentError } from 'commander';
import { type ListedChecklist, readNewestChecklist } from '../../adapters/postgres/checklists/checklists.ts';
import { startChecklist } from '../../adapters/temporal/start-checklist.ts';
import { type CatalogChecklist, findChecklist } from '../../catalog/catalog.ts';
import {
  beginChecklist,
  type ChecklistSnapshot,
  type ChecklistState,
  isOver,
  nextInChecklist,
} from '../../domain/checklists/checklist.ts';
import { checklistLines } from '../../domain/checklists/text.ts';
import { checklistWorkflowId } from '../../domain/ids.ts';
import { ask } from '../ask.ts';
import { type CommandContext, EXIT, inSession, type Session } from '../context.ts';
import { tell } from '../tell.ts';
import { withPool } from '../with-pool.ts';

interface ChecklistFlags {
  readonly by?: string;
  readonly note: string;
  readonly json?: boolean;
}

type Shown = Pick<ChecklistFlags, 'json'>;

const snapshotOf = ({ pack, checklist }: CatalogChecklist): ChecklistSnapshot => {
  const { name, title, owner, steps, signOff } = checklist;
  return {
    v: 1,
    pack,
    name,
    title,
    owner,
    steps: steps.map(({ how, ...step }) => ({ ...step, ...(how !== undefined && { how }) })),
    ...(signOff !== undefined && { signOff }),
  };
};

const newestOf = (
  { catalog }: Session,
  { pack, name }: CatalogChecklist,
): Promise<ListedChecklist | undefined> =>
  withPool(catalog.home.url, (home) => readNewestChecklist(home, { pack, name }));

const stateText = (state: ChecklistState): string =>
  [
    `${state.title}: ${state.state}, started by ${state.startedBy} at ${state.startedAt}`,
    ...checklistLines(state).map((line) => `  ${line}`),
    ...(isOver(state) ? [] : [`next: ${nextInChecklist(state)}`]),
  ].join('\n');

const list = (context: CommandContext, { json = false }: Shown): Promise<number> =>
  inSession(context, async (session) => {
    const checklists = await Promise.all(
      session.catalog.checklists.map(async (each) => {
        const state = (await newestOf(session, each))?.state;
        return {
          id: each.id,
          title: each.checklist.title,
          owner: each.checklist.owner,
          state: state?.state ?? 'not started',
          done: state?.done.length ?? 0,
          steps: (state ?? each.checklist).steps.length,
          next: state && !isOver(state) ? nextInChecklist(state) : null,
        };
      }),
    );
    const table = new Table({
      head: ['checklist', 'state', 'done', 'next'],
      style: { head: [], border: [] },
      wordWrap: true,
    });
    for (const { id, state, done, steps, next } of checklists)
      table.push([id, state, `${done} of ${steps}`, next ?? '']);
    const text = checklists.length === 0 ? 'no pack has checklists' : table.toString();
    context.out.write(`${json ? JSON.stringify({ checklists }) : text}\n`);
    return EXIT.yes;
  });

/** Exit code 1 while it is not completed. */
const show = (context: CommandContext, name: string, { json = false }: Shown): Promise<number> =>
  inSession(context, async (session) => {
    const declared = findChecklist(session.catalog, name);
    const found = await newestOf(session, declared);
    if (!found) {
      const steps = checklistLines(beginChecklist({ v: 1, checklist: snapshotOf(declared), by: '' }, ''));
      const text = [`${declared.checklist.title}: not started`, ...steps.map((line) => `  ${line}`)].join(
        '\n',
      );
      const told = { id: declared.id, state: 'not started', steps: declared.checklist.steps };
      context.out.write(`${json ? JSON.stringify(told) : text}\n`);
      return EXIT.no;
    }
    context.out.write(
      `${json ? JSON.stringify({ id: declared.id, ...found.state }) : stateText(found.state)}\n`,
    );
    return found.state.state === 'completed' ? EXIT.yes : EXIT.no;
  });

const start = (context: CommandContext, name: string, flags: Omit<ChecklistFlags, 'note'>): Promise<number> =>
  inSession(context, async (session) => {
    const { by = userInfo().username, json } = flags;
    const declared = findChecklist(session.catalog, name);
    const checklist = snapshotOf(declared);
    const workflowId = await startChecklist(session.client, { v: 1, checklist, by });
    if (workflowId === undefined) {
      const refused = `${name}: one goes on already; \`sexton checklist show ${name}\` tells how far it is`;
      return tell(context, { refused }, { json, text: String });
    }
    const [first] = checklist.steps;
    const text = (): string => `started ${workflowId}\n  next: ${first?.name}: ${first?.title}`;
    return tell(context, { answer: { workflowId, by, next: first ?? null } }, { json, text });
  });

interface Saying {
  readonly name: string;
  readonly update: 'complete' | 'signOff' | 'abandon';
  readonly event: Readonly<Record<string, string>>;
  readonly flags: ChecklistFlags;
}

const say = (context: CommandContext, { name, update, event, flags }: Saying): Promise<number> =>
  inSession(context, async ({ catalog, client }) => {
    const { by = userInfo().username, note, json } = flags;
    const { pack, name: own } = findChecklist(catalog, name);
    const workflowId = checklistWorkflowId(pack, own);
    const asked = await ask<ChecklistState>(client, { workflowId, update, event: { by, note, ...event } });
    return tell(context, asked, {
      json,
      text: (state) => `${own}: ${state.state}\n  next: ${nextInChecklist(state)}`,
    });
  });

const noteArgument = (text: string): string => {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('must say something.');
};

/** Adds `checklist` with its commands to the program; the exit code goes to process.exitCode. */
export const registerChecklist = (program: Command, context: CommandContext): void => {
  const checklist = program.command('checklist').description('steps that people do one after the other');
  const add = (verb: string, description: string): Command =>
    checklist.command(verb).description(description).option('--json', 'one JSON object');
  const NAME = ['<checklist>', 'id, or bare name while it is unique'] as const;
  const who = (command: Command): Command =>
    command.option('--by <name>', 'who it is; default: the user of this terminal');
  const saying = (command: Command, what: string): Command =>
    who(command).requiredOption('--note <text>', what, noteArgument);

  add('list', 'every checklist: how far it is, and what comes next').action(async (flags: Shown) => {
    process.exitCode = await list(context, flags);
  });
  add('show', 'its steps, who did which, and what they said; exit 1 while it is not completed')
    .argument(...NAME)
    .action(async (name: string, flags: Shown) => {
      process.exitCode = await show(context, name, flags);
    });
  who(add('start', 'begin it; one of a name goes on at a time').argument(...NAME)).action(
    async (name: string, flags: ChecklistFlags) => {
      process.exitCode = await start(context, name, flags);
    },
  );
  saying(
    add('complete', 'complete the step that comes next')
      .argument(...NAME)
      .argument('<step>', 'name of the step'),
    'what was done, and what was seen',
  ).action(async (name: string, step: string, flags: ChecklistFlags) => {
    process.exitCode = await say(context, { name, update: 'complete', event: { step }, flags });
  });
  saying(add('sign-off', 'confirm it once every step is done').argument(...NAME), 'what you confirm').action(
    async (name: string, flags: ChecklistFlags) => {
      process.exitCode = await say(context, { name, update: 'signOff', event: {}, flags });
    },
  );
  saying(add('abandon', 'end one that nobody will finish').argument(...NAME), 'why').action(
    async (name: string, flags: ChecklistFlags) => {
      process.exitCode = await say(context, { name, update: 'abandon', event: {}, flags });
    },
  );
};
