// What a team writes of its digests: reports that are sent to people on a schedule and are nobody's incident. Checked
// when its pack is loaded (schema/digests.ts).

/** One report of a digest. */
export interface DigestReportDefinition {
  /** A report of the pack. */
  readonly report: string;
  /** Where they differ from its defaults; durations as text. */
  readonly params?: Readonly<Record<string, string | number | null>>;
}

/** A task that comes with a digest: somebody has looked at it. */
export interface DigestSignOffDefinition {
  /** Role that is asked. */
  readonly by: string;
  /** What is to be done before signing off, in a sentence. */
  readonly task: string;
  /** How long the task stays open; then it ends unsigned, which is kept and said. Default `6d`. */
  readonly within?: string;
}

/** Reports sent together, as text and HTML with charts, to people who look at them when they have time. */
export interface DigestDefinition {
  /** Unique in its pack; lower case, digits, `_` and `-`. */
  readonly name: string;
  /** Its heading; a message's subject. */
  readonly title: string;
  /** One line for lists. */
  readonly summary: string;
  /** Role that answers for it. */
  readonly owner: string;
  /** Five cron fields, in UTC. */
  readonly schedule: string;
  /** In the order in which they are shown. A name alone takes the report's defaults. */
  readonly reports: readonly (string | DigestReportDefinition)[];
  /** Roles that it is sent to. */
  readonly to: readonly string[];
  /** Lines after the reports, such as what to go over again. */
  readonly reminders?: readonly string[];
  readonly signOff?: DigestSignOffDefinition;
  /** How long what was sent is stored. Default `730d`, 24 months. */
  readonly keep?: string;
}

/** Gives a digest its types; it is checked when its pack is loaded. */
export const defineDigest = (digest: DigestDefinition): DigestDefinition => digest;
