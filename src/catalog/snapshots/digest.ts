// A digest as it travels.
import type { DigestSnapshot } from '../../domain/digests/digest.ts';
import type { CheckedDigest } from '../schema/digests.ts';

export const digestSnapshot = (
  pack: string,
  { name, title, summary, owner, reports, to, reminders, signOff, keep }: CheckedDigest,
): DigestSnapshot => ({
  v: 1,
  pack,
  name,
  title,
  summary,
  owner,
  reports,
  to,
  reminders,
  ...(signOff && { signOff }),
  keepSeconds: keep,
});
