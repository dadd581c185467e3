// The letter that says that nobody has signed a digest off.
import { formatDuration } from '../duration.ts';
import type { Letter } from '../letters/letter.ts';
import type { DigestSnapshot } from './digest.ts';
import { digestKey } from './digest-letter.ts';

export const unsignedLetter = (digest: DigestSnapshot, tick: string): Letter => {
  const { pack, name, title, signOff } = digest;
  const within = formatDuration(signOff?.withinSeconds ?? 0);
  return {
    key: `${digestKey(digest, tick)}/unsigned`,
    pack,
    kind: 'digest',
    name,
    subject: `Not signed off: ${title} (${pack})`,
    at: tick,
    parts: [
      {
        title: `Nobody signed off ${title} within ${within}`,
        lines: [
          `It was ${signOff?.by ?? 'nobody'}’s to do: ${signOff?.task ?? ''}`,
          'It stays unsigned in the list of digests; the next one asks again.',
        ],
      },
    ],
    closing: [],
    payload: { digest: `${pack}/digest/${name}`, tick, signed_off: false },
  };
};
