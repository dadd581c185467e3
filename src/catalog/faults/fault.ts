// What is wrong with a declaration or an environment, as data. Faults are collected and reported together
// (SLA-83), and nothing that may be a secret is ever written into one.

/** One thing that is wrong. */
export interface Fault {
  /** Name of the variable, or path to the declaration: `sla-monitoring/job/cleanup_magic_links.budget`. */
  readonly place: string;
  /** The rule that does not hold, in words: `must be > 0 and <= 1`. */
  readonly rule: string;
  /** What stands there instead, ready to print; absent where nothing stands there. */
  readonly value?: string;
}

/** `place: rule, got "value"`. */
export const renderFault = ({ place, rule, value }: Fault): string =>
  value === undefined ? `${place}: ${rule}` : `${place}: ${rule}, got ${value}`;

/** Configuration or environment that cannot be used: exit code 2, and nothing was done. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  /** Every fault that was found, in the order of packs and declarations, none twice. */
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const lines = [...new Set(faults.map(renderFault))];
    super(
      [`${lines.length === 1 ? '1 fault' : `${lines.length} faults`} in configuration`, ...lines].join(
        '\n  ',
      ),
    );
    this.faults = lines.flatMap((line) => faults.find((fault) => renderFault(fault) === line) ?? []);
  }
}

const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|DSN)(__[A-Z0-9_]+)?$/;
const SECRET_ADDRESS = /(DATABASE|REDIS|WEBHOOK|SMTP|HEARTBEAT)(_[A-Z0-9]+)*_URL(__[A-Z0-9_]+)?$/;

/**
 * True where the value of this variable must not be shown: keys and tokens by their name, addresses of
 * databases and webhooks, and any value that could hold credentials (`user:password@`, `?token=`).
 */
const isSecret = ({ name, value }: { readonly name: string; readonly value: string }): boolean =>
  SECRET_NAME.test(name) || SECRET_ADDRESS.test(name) || (/[/:]/.test(value) && /[@?#]/.test(value));

/** A variable's value as a fault shows it; a secret is known by its length only. */
export const shownVariable = ({ name, value }: { readonly name: string; readonly value: string }): string =>
  isSecret({ name, value }) ? `a ${value.length}-character value (masked)` : JSON.stringify(value);

const SHOWN_CHARACTERS = 80;

/** A declared value as a fault shows it. A web address is masked: those of webhooks are secrets. */
export const shownValue = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return 'a function';
  const text = JSON.stringify(value) ?? typeof value;
  if (/:\/\//.test(text)) return `a ${text.length}-character value (masked)`;
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
};
