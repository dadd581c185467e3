// What a team writes for a command of its own, `sexton <pack> <name> …`, and the tools that it gets to work with.
import type { z } from 'zod';

/** A text that a person types, checked: as an argument in its place, or as an option `--its-name <text>`. */
interface ValueDefinition {
  /** One line for the help. */
  readonly summary: string;
  /** What is taken: `variable.number({ atLeast: 1, whole: true })`. May be left out where it is `.optional()` or has a `.default()`. */
  readonly value: z.ZodType<unknown, string | undefined>;
}

/** An option without a text: `--force`. */
interface FlagDefinition {
  readonly summary: string;
  readonly flag: true;
}

/** Name in camel case → argument, in the order in which they are typed. */
export type ArgumentShape = Readonly<Record<string, ValueDefinition>>;

/** Name in camel case → option: `sourceJob` is typed as `--source-job`. */
export type OptionShape = Readonly<Record<string, ValueDefinition | FlagDefinition>>;

type ValueOf<Given> = Given extends { readonly value: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : boolean;

/** The checked values of arguments and options by name; a flag is true or false. */
type CommandValues<Args extends ArgumentShape, Options extends OptionShape> = {
  readonly [Name in keyof Args]: ValueOf<Args[Name]>;
} & { readonly [Name in keyof Options]: ValueOf<Options[Name]> };

/** A row of the audit log; who asked is added, and the command's name. */
export interface AuditRow {
  /** What was done, such as `MRQ_RESOLVED`. */
  readonly action: string;
  readonly resourceType: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** One transaction. */
export interface CommandTransaction {
  readonly query: <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** Writes a row into the database's audit log, which is there or not with whatever else the transaction does. */
  readonly audit: (row: AuditRow) => Promise<void>;
}

/** A database as commands reach it. Statements end after 30 s. */
export interface CommandDatabase {
  /** Reads, and can do nothing else: Postgres refuses every change. */
  readonly query: <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /**
   * The only way to change something, of a command that is `audited`. A transaction that changed anything and wrote no row
   * into the audit log is rolled back, and the command fails. Not of Sexton's own database: that has no audit log.
   */
  readonly transaction: <T>(work: (tx: CommandTransaction) => Promise<T>) => Promise<T>;
  /** Tries changes and takes them back, however `work` ends; what it returns is handed on. */
  readonly rehearse: <T>(work: (tx: Pick<CommandTransaction, 'query'>) => Promise<T>) => Promise<T>;
}

/** Redis as commands reach it. Rejects where it does not answer within 2 s. */
export interface CommandRedis {
  /** Milliseconds from asking to the answer. */
  readonly ping: () => Promise<number>;
  /** Used bytes and the most there may be; `most` is null where nothing says. */
  readonly memory: () => Promise<{ readonly used: number; readonly most: number | null }>;
  /** Keys like the pattern, counted in steps that keep nobody waiting. */
  readonly count: (pattern: string) => Promise<number>;
  readonly get: (key: string) => Promise<string | null>;
  /** Only of a command that is `audited`. Ends at the instant, or after 1 s where that has passed. */
  readonly set: (key: string, value: string, until: Date) => Promise<void>;
}

/** As much of Temporal as a command needs; the SDK's own types stay out of what a team compiles against. */
interface CommandTemporal {
  readonly workflow: {
    /** How many workflows a visibility query finds: `ExecutionStatus = "Running"`. */
    readonly count: (query?: string) => Promise<{ readonly count: number }>;
  };
}

/** What a command gets to work with. Nothing is connected before it is asked for. */
export interface CommandTools {
  /** One of the pack's databases, by its name. */
  readonly db: (name: string) => CommandDatabase;
  /** Sexton's own: runs, incidents, samples. */
  readonly home: CommandDatabase;
  readonly redis: CommandRedis;
  readonly temporal: () => Promise<CommandTemporal>;
  readonly clock: {
    /** The database clock that every cutoff and age goes by. */
    readonly now: (database: string) => Promise<Date>;
  };
  /** Who asks: `--by`, else the user of the terminal. */
  readonly by: string;
  /** Said to the person while it works; never part of the result. */
  readonly log: (line: string) => void;
  /** A table for people. */
  readonly table: (head: readonly string[], rows: readonly (readonly (string | number | null)[])[]) => string;
}

/** It was not done, and why: exit code 1, or 2 where somebody must type something else. */
export interface CommandRefusal {
  readonly refused: string;
  readonly exit?: 1 | 2;
}

/** What came of it. */
export interface CommandAnswer {
  /** Printed by `--json`. */
  readonly answer: object;
  /** Printed without it. */
  readonly text: string;
  /** 0 yes (default) · 1 no, or a warning · 2 a fault · 3 could not be found out. */
  readonly exit?: 0 | 1 | 2 | 3;
}

/** What a person is shown before they say yes. */
export interface Confirmation<Seen> {
  /** Such as `Resolve these 12 items?`. */
  readonly question: string;
  /** Shown above the question; part of what `--json` prints where nobody said yes. */
  readonly shown: string;
  /** Handed to `run`, so that what is done is what was shown. */
  readonly seen: Seen;
}

/** A command of a pack: `sexton <pack> <name> …`. */
export interface CommandDefinition<
  Args extends ArgumentShape = ArgumentShape,
  Options extends OptionShape = OptionShape,
  Seen = unknown,
> {
  /** One to three words, unique in the pack: `mrq resolve-batch`. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  readonly args?: Args;
  /** `--json` is there always, `--by` of an audited command, `--yes` of one that asks first. */
  readonly options?: Options;
  /** It changes something, and says so in the audit log. Default: it cannot change anything. */
  readonly audited?: boolean;
  /** Asked before `run`: on the terminal, or answered by `--yes`. */
  confirm?(
    tools: CommandTools,
    values: CommandValues<Args, Options>,
  ): Promise<Confirmation<Seen> | CommandRefusal>;
  run(
    tools: CommandTools,
    values: CommandValues<Args, Options>,
    seen: Seen,
  ): Promise<CommandAnswer | CommandRefusal>;
}

/** Another name for a command of Sexton's: `sexton <pack> <name> …` is `sexton <alias> …`. */
export interface AliasDefinition {
  /** One to three words, unique in the pack: `cleanup pause`. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** What is typed in its place: `['schedule', 'pause', 'cleanup_old_drafts']`. Whatever follows the name follows that. */
  readonly alias: readonly string[];
  /** What the first word after the name may be called here: `{ '1': 'drafts_pile_up' }`. Others pass as they are. */
  readonly words?: Readonly<Record<string, string>>;
}

/** A command of either kind. */
export type PackCommand = CommandDefinition | AliasDefinition;

// oxlint-disable-next-line typescript/no-generated-empty-object-type -- a name that nothing declares is no key of it
type Nothing = Record<never, never>;

/** Gives a command its types; it is checked when its pack is loaded. */
export const defineCommand = <
  const Args extends ArgumentShape = Nothing,
  const Options extends OptionShape = Nothing,
  Seen = undefined,
>(
  command: CommandDefinition<Args, Options, Seen>,
): PackCommand => command;

/** Gives an alias its types; it is checked when its pack is loaded. */
export const defineAlias = (alias: AliasDefinition): PackCommand => alias;
