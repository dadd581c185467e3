// Saves a history for the replay suite, when asked to: `npm run record`.
import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** Who did it and where its code lay is this machine's business, and replay does not ask. */
const UNTOLD: ReadonlySet<string> = new Set(['identity', 'stackTrace', 'workerVersion', 'binaryChecksum']);

const told = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll(`@${hostname()}`, '@worker');
  if (Array.isArray(value)) return value.map(told);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !UNTOLD.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, told(inner)]));
};

/** Histories are append-only: a name that is there already is never written again. */
export const record = async (name: string, handle: WorkflowHandle): Promise<void> => {
  const file = new URL(`../replay/histories/${name}.json`, import.meta.url);
  if (!process.env['SEXTON_RECORD'] || existsSync(file)) return;
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  writeFileSync(file, `${JSON.stringify(told(history))}\n`);
};
