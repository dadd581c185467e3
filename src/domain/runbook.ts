// What a page says that somebody is sent to at night.

/** Headings of the second level, in the order in which they are needed (DRAFT-83). */
export const RUNBOOK_HEADINGS = [
  'What it means',
  'How to confirm',
  'First actions',
  'How to verify recovery',
  'When to escalate',
] as const;
