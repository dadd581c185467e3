// What a team writes for a checklist: steps that people complete one after the other, each with a note.

/** One thing that a person does. */
export interface ChecklistStepDefinition {
  /** Unique in its checklist; how it is named when it is completed. */
  readonly name: string;
  /** What is done by then, in one line: `Q1 to Q3 answer in staging`. */
  readonly title: string;
  /** How to do it, or where to look. */
  readonly how?: string;
}

/** Steps that people complete one after the other. Each blocks the next, and nothing but a person completes one. */
export interface ChecklistDefinition {
  /** Unique in its pack; lower case, digits, `_` and `-`. */
  readonly name: string;
  /** One line for lists. */
  readonly title: string;
  /** Role that answers for it. */
  readonly owner: string;
  /** At most 100. */
  readonly steps: readonly ChecklistStepDefinition[];
  /** What a person confirms once every step is done. Default: it is over with its last step. */
  readonly signOff?: string;
}

/** Gives a checklist its types; it is checked when its pack is loaded. */
export const defineChecklist = (checklist: ChecklistDefinition): ChecklistDefinition => checklist;
