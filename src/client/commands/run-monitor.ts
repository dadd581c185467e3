// `sexton run MONITOR`: one evaluation now, through the worker like any tick, and what it found.
import { userInfo } from 'node:os';
import { readActiveAlerts, readSamplesAt } from '../../adapters/postgres/monitors/look-back.ts';
import { startMonitor } from '../../adapters/temporal/start-monitor.ts';
import type { CatalogMonitor } from '../../catalog/catalog.ts';
import type { MonitorResult } from '../../domain/monitors/evaluation.ts';
import { type CommandContext, EXIT, type Session } from '../context.ts';
import { type MonitorReport, renderMonitor } from '../watch/render-monitor.ts';
import { withPool } from '../with-pool.ts';

interface Asked {
  readonly session: Session;
  readonly monitor: CatalogMonitor;
  readonly json: boolean | undefined;
}

export const runMonitor = async (
  { out }: Pick<CommandContext, 'out'>,
  { session: { client, catalog }, monitor, json }: Asked,
): Promise<number> => {
  const { snapshot } = monitor;
  const { ringAfterSeconds } = catalog.settings;
  const started = await startMonitor(client, {
    v: 1,
    monitor: snapshot,
    ringAfterSeconds,
    by: userInfo().username,
  });
  const result = await started.result();
  const found: Pick<MonitorReport, 'samples' | 'alerts'> =
    result.rang === undefined
      ? await withPool(catalog.home.url, async (home) => ({
          samples: await readSamplesAt(home, snapshot, result.tick),
          alerts: await readActiveAlerts(home, snapshot),
        }))
      : { samples: [], alerts: [] };
  const report: MonitorReport = { workflowId: started.workflowId, ...result, ...found };
  out.write(`${json ? JSON.stringify(report) : renderMonitor(report)}\n`);
  return exitOf(result);
};

/** Something fires: no. Something could not be measured: that could not be found out. */
const exitOf = ({ rang, failures, firing, superseded }: MonitorResult): number => {
  if (rang !== undefined || failures > 0 || superseded) return EXIT.unknown;
  return firing > 0 ? EXIT.no : EXIT.yes;
};
