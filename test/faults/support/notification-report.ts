// The rows of the crash matrix: to the terminal as one table, and to a file beside that of SEXTON_FAULTS_REPORT.
import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';

/** `figures` of what became of it at this point, while that was away. */
export interface MatrixRow {
  readonly away: string;
  readonly point: string;
  readonly lost: number;
  /** At a provider that takes a key or can be asked. */
  readonly doubled: number;
  /** At one that can do neither; an e-mail twice under one Message-ID is one of them. */
  readonly doubledUnseen: number;
  readonly countedAsPossible: number;
  /** Until the last of it was told. */
  readonly seconds: number;
}

export const tellMatrix = (name: string, rows: readonly MatrixRow[]): void => {
  console.table(rows.map((row) => ({ ...row, seconds: Number(row.seconds.toFixed(1)) })));
  const file = process.env['SEXTON_FAULTS_REPORT'];
  if (!file) return;
  const end = extname(file);
  const own = `${file.slice(0, file.length - end.length)}-${name}${end || '.json'}`;
  writeFileSync(own, `${JSON.stringify(rows, undefined, 2)}\n`);
};
