// What a digest is as it travels, and what its workflow is asked and answers.

export interface DigestSnapshot {
  readonly v: 1;
  readonly pack: string;
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly owner: string;
  readonly reports: readonly {
    readonly report: string;
    readonly params: Readonly<Record<string, string | number | null>>;
  }[];
  readonly to: readonly string[];
  readonly reminders: readonly string[];
  readonly signOff?: { readonly by: string; readonly task: string; readonly withinSeconds: number };
  readonly keepSeconds: number;
}

/** Input of the `digest` workflow. */
export interface DigestInput {
  readonly v: 1;
  readonly digest: DigestSnapshot;
  /** Missing: by its schedule. */
  readonly by?: string;
}

export interface MakeDigestInput {
  readonly digest: DigestSnapshot;
  /** The tick as it was planned, ISO-8601. */
  readonly tick: string;
  readonly workflowId: string;
}

/** What a person says who has looked at it. */
export interface SignedOff {
  readonly by: string;
  readonly note?: string;
  /** ISO-8601. */
  readonly at: string;
}

type DigestPhase = 'making' | 'sending' | 'waitingForSignOff' | 'done' | 'signedOff' | 'unsigned';

/** Result of the `digest` workflow, and what its `state` query answers while it goes on. */
export interface DigestState {
  readonly pack: string;
  readonly digest: string;
  readonly state: DigestPhase;
  readonly tick: string;
  /** Number of what was made; `sexton digest show` takes it. */
  readonly letter?: number;
  /** `email:anna@example.org: sent`. */
  readonly told?: readonly string[];
  /** What is to be done before signing off, and by whom. */
  readonly task?: string;
  /** Until when, ISO-8601. */
  readonly dueAt?: string;
  readonly signedOff?: SignedOff;
}

export const digestStaticSummary = ({ pack, title }: DigestSnapshot): string => `${pack} · ${title}`;

/** Markdown: what it shows, who answers for it, who signs it off. */
export const digestStaticDetails = ({ summary, owner, reports, to, signOff }: DigestSnapshot): string =>
  [
    summary,
    '',
    `- **Owner** ${owner}`,
    `- **Reports** ${reports.map(({ report }) => report).join(', ')}`,
    `- **Sent to** ${to.join(', ')}`,
    ...(signOff ? [`- **Signed off by** ${signOff.by}: ${signOff.task}`] : []),
  ].join('\n');
