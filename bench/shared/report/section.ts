// A table on a page, under its title.
import type { Table } from './table.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

export const section = ({ title, head, rows }: Table): string =>
  [`## ${title}`, '', row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
