// The tables on a terminal.
import CliTable from 'cli-table3';
import type { Table } from './table.ts';

/** `leftOut` are begins of titles. */
export const renderTerminal = (tables: readonly Table[], leftOut: readonly string[] = []): string =>
  tables
    .filter(({ title }) => !leftOut.some((begin) => title.startsWith(begin)))
    .map(({ title, head, rows }) => {
      const table = new CliTable({
        head: [...head],
        style: { head: [], border: [], compact: true },
      });
      table.push(...rows.map((row) => [...row]));
      return `${title}\n${table.toString()}\n`;
    })
    .join('\n');
