// The ways to people: what the configuration names, and whether this environment can reach it. Asks no provider.
import type { Catalog } from '../../catalog/catalog.ts';
import { isConfigured } from '../../channels/index.ts';
import type { ChannelSettings } from '../../channels/settings.ts';
import { isChannelName } from '../../domain/alerts/channels.ts';
import { formatTarget, parseTarget, type Target } from '../../domain/alerts/policy.ts';
import { type Check, check, type Finding, pass, warn } from './check.ts';

interface ChannelInput {
  readonly catalog: Pick<Catalog, 'directory' | 'policies' | 'fallback'>;
  readonly channels: ChannelSettings;
  readonly hasHeartbeat: boolean;
}

const targetsOf = ({ directory, policies, fallback }: ChannelInput['catalog']): readonly Target[] => {
  const { roles, people } = directory;
  const named = [
    ...Object.values(roles).flat(),
    ...Object.values(people).flatMap(({ targets }) => targets),
    ...policies.flatMap(({ snapshot }) => snapshot.tiers.flatMap(({ notify }) => notify)),
    ...(fallback ? [formatTarget(fallback)] : []),
  ];
  const targets = [...new Set(named)].filter((text) => text.includes(':') || isChannelName(text));
  return targets.toSorted().map(parseTarget);
};

const judge = ({ catalog, channels }: ChannelInput): Finding => {
  const targets = targetsOf(catalog).filter(({ channel }) => channel !== 'log');
  const missing = targets.filter((target) => !isConfigured(channels, target)).map(formatTarget);
  if (missing.length === 0) return pass(`${targets.length} targets, each configured`);
  const said = `not configured, so told to the log: ${missing.join(', ')}`;
  return warn(said, 'docs/operating.md, Channels, names the variables; `sexton notify test` tries one');
};

export const channelChecks = async (input: ChannelInput): Promise<readonly Check[]> => {
  const next = '';
  const watched = input.hasHeartbeat
    ? pass('HEARTBEAT_URL is set')
    : warn(
        'HEARTBEAT_URL is not set: nobody outside notices when Sexton stops',
        'docs/operating.md, Who watches Sexton',
      );
  return [
    await check('channels', next, async () => judge(input)),
    await check('heartbeat', next, async () => watched),
  ];
};
