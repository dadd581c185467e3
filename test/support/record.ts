// Saves a history for the replay suite, when asked to: `SEXTON_RECORD=1 npx vitest run test/workflows`.
import { writeFileSync } from 'node:fs';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** Histories are append-only: a name that is there already is never written again. */
export const record = async (name: string, handle: WorkflowHandle): Promise<void> => {
  if (!process.env['SEXTON_RECORD']) return;
  const file = new URL(`../replay/histories/${name}.json`, import.meta.url);
  const json = JSON.stringify(historyToJSON(await handle.fetchHistory()));
  writeFileSync(file, `${json}\n`, { flag: 'wx' });
};
