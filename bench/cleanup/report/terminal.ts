// The tables on a terminal.
import CliTable from 'cli-table3';
import type { Table } from './tables.ts';

/** Too wide for a terminal, and there is a page for them. */
const LEFT_OUT = ['What it cost', 'The product’s costliest statements, last round'];

export const renderTerminal = (tables: readonly Table[]): string =>
  tables
    .filter(({ title }) => !LEFT_OUT.includes(title))
    .map(({ title, head, rows }) => {
      const table = new CliTable({
        head: [...head],
        style: { head: [], border: [], compact: true },
      });
      table.push(...rows.map((row) => [...row]));
      return `${title}\n${table.toString()}\n`;
    })
    .join('\n');
