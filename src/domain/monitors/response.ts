// How soon somebody must answer an alert: its own response time replaces the wait of the first tier of its policy
// (DRAFT-62), and the tiers after it keep their distance.
import type { PolicySnapshot } from '../alerts/policy.ts';
import { SEVERITIES, type Severity } from '../alerts/severity.ts';

type Routes = Readonly<Partial<Record<Severity, PolicySnapshot>>>;

/** The policy with its second tier after so long; undefined where it has none. */
const withResponse = (policy: PolicySnapshot, seconds: number): PolicySnapshot | undefined => {
  const [first, ...later] = policy.tiers;
  const [second] = later;
  if (!second) return undefined;
  const shift = seconds - second.afterSeconds;
  const moved = later.map((tier) => ({ ...tier, afterSeconds: tier.afterSeconds + shift }));
  const { ackOverdueResponses: times } = policy;
  const overdue = times === undefined ? {} : { ackOverdueSeconds: seconds * times };
  return { ...policy, ...overdue, tiers: [first, ...moved] };
};

interface Answered {
  readonly severity: Severity;
  readonly responseSeconds?: number | undefined;
}

/** The routes of a rule with the response times of its bands built in; a policy of one tier stays as it is. */
export const answeredRoutes = (routes: Routes, bands: readonly Answered[]): Routes =>
  Object.fromEntries(
    SEVERITIES.flatMap((severity) => {
      const policy = routes[severity];
      if (!policy) return [];
      const seconds = bands.find(
        (band) => band.severity === severity && band.responseSeconds !== undefined,
      )?.responseSeconds;
      return [[severity, seconds === undefined ? policy : (withResponse(policy, seconds) ?? policy)]];
    }),
  );
