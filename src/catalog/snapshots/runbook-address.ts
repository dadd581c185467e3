// Where a runbook is read.

/** A runbook's name below `base`; a whole address, or any name while there is no base, stays as it is. */
export const runbookAddress = (runbook: string, base: string | undefined): string => {
  if (base === undefined || URL.canParse(runbook)) return runbook;
  return new URL(runbook, base.endsWith('/') ? base : `${base}/`).href;
};
