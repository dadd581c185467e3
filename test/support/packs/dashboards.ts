// Every panel of a pack's dashboards as Grafana asks it: its SQL is run, its PromQL is looked up in what the gateway shows.
import pg from 'pg';
import { type Catalog, findDashboard } from '../../../src/catalog/catalog.ts';
import { panelsOf } from '../../../src/domain/dashboards/dashboard.ts';
import { type RunningGateway, startGateway } from '../../../src/gateway/gateway.ts';
import { groundOf } from '../../../src/grafana/ground.ts';
import { panelQueries } from '../../../src/grafana/panel-queries.ts';
import { matching, type PromSample, samplesIn, selectorsIn } from './promql.ts';

export interface PanelGround {
  readonly catalog: Catalog;
  /** One database for all that panels ask. */
  readonly url: string;
  /** ISO-8601: the end of the time that Grafana shows. */
  readonly now: string;
}

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const openGateway = (catalog: Catalog): Promise<RunningGateway> =>
  startGateway({ catalog, address: '127.0.0.1:0', logger });

export const fetchText = async (url: string): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
};

export const scrape = async (gateway: RunningGateway): Promise<readonly PromSample[]> =>
  samplesIn((await fetchText(`${gateway.url}/metrics`)).text);

/** As Grafana's Postgres source replaces its macros. */
const expanded = (sql: string, now: string): string =>
  sql
    .replaceAll('$__timeFrom()', `'${new Date(Date.parse(now) - 7 * 86_400_000).toISOString()}'`)
    .replaceAll('$__timeTo()', `'${now}'`);

/** `panel: rows`, of each query of each panel; rows with a value in any column but the first. */
export const askPanels = async (
  { catalog, url, now }: PanelGround,
  name: string,
  samples: readonly PromSample[],
): Promise<Readonly<Record<string, readonly number[]>>> => {
  const found = findDashboard(catalog, name);
  const ground = groundOf(catalog, found);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // A reader's rights are enough, and nothing is to be changed.
    await client.query('SET default_transaction_read_only = on');
    const answers: Record<string, number[]> = {};
    for (const panel of panelsOf(found.dashboard)) {
      const counts: number[] = [];
      for (const query of panelQueries(panel, ground)) {
        if ('expr' in query)
          counts.push(Math.min(...selectorsIn(query.expr).map((each) => matching(samples, each).length)));
        else {
          const { rows, fields } = await client.query(expanded(query.sql, now));
          const values = fields.slice(fields.length > 1 ? 1 : 0);
          counts.push(rows.filter((row) => values.some((field) => row[field.name] !== null)).length);
        }
      }
      answers[panel.title] = counts;
    }
    return answers;
  } finally {
    await client.end();
  }
};
