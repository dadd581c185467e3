// `observe`: the one door for everything that notices something. Level-triggered: the transaction that changes a
// condition also writes what must follow, and the answer is what has not been handed over yet, not what changed
// just now. So a retry after a crash returns the same work.
import { readRule, writeRules } from '../../adapters/postgres/alerts/alert-rules.ts';
import {
  lockRules,
  readActiveSeries,
  readSeries,
  type StoredSeries,
  writeSeries,
} from '../../adapters/postgres/alerts/alert-states.ts';
import { readHandOversOfRules } from '../../adapters/postgres/alerts/hand-overs.ts';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import type { Complete, HandOver, Report, RuleSnapshot } from '../../domain/alerts/alert.ts';
import { advance, UNSEEN } from '../../domain/alerts/alert-state.ts';
import { groupKey } from '../../domain/alerts/group.ts';
import { fingerprint } from '../../domain/ids.ts';
import type { Dependencies } from '../dependencies.ts';
import { settleGroups } from './settle-groups.ts';

export interface ObserveInput {
  readonly reports: readonly Report[];
  /** Rules whose every series was looked at: those that no report names are missing. */
  readonly complete?: readonly Complete[];
}

export const createObserve =
  ({ databases }: Pick<Dependencies, 'databases'>) =>
  async ({ reports, complete = [] }: ObserveInput): Promise<readonly HandOver[]> => {
    const looks = looksOf(reports, complete);
    await inTransaction(databases.home, async (tx) => {
      const nowMs = await lockRules(tx, looks);
      await writeRules(
        tx,
        looks.flatMap(({ snapshot }) => snapshot ?? []),
      );
      for (const look of looks) await take(tx, look, nowMs);
    });
    return readHandOversOfRules(databases.home, looks);
  };

/** All that is seen of one rule at once. */
interface RuleLook {
  readonly pack: string;
  readonly rule: string;
  /** Missing where a complete evaluation found no series at all. */
  readonly snapshot?: RuleSnapshot;
  readonly reports: readonly Report[];
  readonly complete?: Complete;
}

const looksOf = (reports: readonly Report[], complete: readonly Complete[]): readonly RuleLook[] => {
  const looks = new Map<
    string,
    { -readonly [Key in keyof RuleLook]: RuleLook[Key] } & { reports: Report[] }
  >();
  const of = (pack: string, rule: string) => {
    const key = `${pack}/${rule}`;
    const look = looks.get(key) ?? { pack, rule, reports: [] };
    looks.set(key, look);
    return look;
  };
  for (const report of reports) {
    const look = of(report.rule.pack, report.rule.name);
    look.reports.push(report);
    look.snapshot = report.rule;
  }
  for (const each of complete) of(each.pack, each.rule).complete = each;
  return [...looks.values()];
};

const take = async (tx: Queryable, look: RuleLook, nowMs: number): Promise<void> => {
  const rule = look.snapshot ?? (await readRule(tx, look));
  // A rule that no series is known of yet: nothing can be missing.
  if (!rule) return;
  const keyed = look.reports.map((report) => ({
    report,
    key: fingerprint(rule.pack, rule.name, report.labels),
  }));
  const known = await readSeries(
    tx,
    keyed.map(({ key }) => key),
  );
  const active = look.complete ? await readActiveSeries(tx, look) : [];
  const before = new Map([...known, ...active].map((series) => [series.fingerprint, series]));
  const after = new Map<string, StoredSeries>();
  for (const { report, key } of keyed) {
    const { memory } = after.get(key) ?? before.get(key) ?? { memory: UNSEEN };
    after.set(key, {
      fingerprint: key,
      pack: rule.pack,
      rule: rule.name,
      labels: report.labels,
      groupKey: groupKey(rule, report.labels),
      memory: advance({ before: memory, seen: { report }, timing: rule.timing, nowMs }),
    });
  }
  for (const series of look.complete ? active : []) {
    if (after.has(series.fingerprint) || !look.complete) continue;
    const seen = { missing: look.complete };
    const memory = advance({ before: series.memory, seen, timing: rule.timing, nowMs });
    after.set(series.fingerprint, { ...series, memory });
  }
  // What an older report could not change is not touched.
  const changed = [...after.values()].filter(
    ({ fingerprint: key, memory }) => memory !== (before.get(key)?.memory ?? UNSEEN),
  );
  await writeSeries(tx, changed);
  const groupKeys = new Set(
    changed.flatMap((series) => {
      const old = before.get(series.fingerprint);
      if (!old?.memory.told) return series.memory.told ? [series.groupKey] : [];
      return [old.groupKey, series.groupKey];
    }),
  );
  const wasTold = (key: string): boolean =>
    after.has(key) ? before.get(key)?.memory.told !== undefined : true;
  const ringing = new Map(
    look.reports.flatMap(({ labels, ringing: id }) => (id ? [[groupKey(rule, labels), id] as const] : [])),
  );
  await settleGroups(tx, { rule, groupKeys: [...groupKeys], wasTold, ringing, nowMs });
};
