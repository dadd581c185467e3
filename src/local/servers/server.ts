// What the supervisor knows about a kind of server; one file beside this one for each.
import type { Program, Search } from '../programs/program.ts';
import type { ServerName } from '../protocol.ts';

/** One run of a server's program. */
interface Launch {
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  /** Shown by `ps` instead of the program's path; leftovers are found by the run folder in their command line. */
  readonly title?: string;
}

export interface Place {
  readonly program: Program;
  /** The server's own folder below the run folder; exists before `prepare`. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

interface Probe {
  readonly ports: readonly number[];
  readonly pid: number;
  /** What the server has printed so far. */
  readonly log: () => Promise<string>;
}

export interface ServerKind {
  readonly name: ServerName;
  readonly portCount: number;
  readonly find: (search: Search) => Promise<Program>;
  /** Once, before the first launch. */
  readonly prepare: (place: Place) => Promise<void>;
  readonly launch: (at: { folder: string; ports: readonly number[] }) => Launch;
  /**
   * Resolves once this very process serves, rejects while it does not. That the port answers is not enough:
   * the answer may be of a server that took the port between our choosing and binding it.
   */
  readonly probe: (probe: Probe) => Promise<void>;
  /** The signal for an orderly end, and for one as sudden as the machine's. */
  readonly endBy: { readonly orderly: NodeJS.Signals; readonly crash: NodeJS.Signals };
  /** Reasons in its log for which launching it again may help. */
  readonly passing: RegExp;
}
