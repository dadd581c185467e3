// Somebody's word that a digest was looked at, as an update of its workflow.
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import { type ListedDigest, listDigests } from '../../adapters/postgres/reports/digests.ts';
import { findDigest } from '../../catalog/catalog.ts';
import type { SignedOff } from '../../domain/digests/digest.ts';
import { digestId } from '../../domain/ids.ts';
import type { Asked } from '../ask.ts';
import type { Session } from '../context.ts';
import { withPool } from '../with-pool.ts';

/** As many as there are while each is kept open for days. */
const MOST = 100;

/** By its number, or the newest of a digest; of several that wait the newest is meant. */
const waiting = async ({ catalog }: Session, asked: string): Promise<ListedDigest | string> => {
  const { pack, name } = /^\d+$/.test(asked)
    ? { pack: undefined, name: undefined }
    : findDigest(catalog, asked);
  const only = pack === undefined || name === undefined ? {} : { pack, name };
  const made = await withPool(catalog.home.url, (home) => listDigests(home, { ...only, most: MOST }));
  const own = pack === undefined ? made.filter(({ letter }) => letter === Number(asked)) : made;
  const open = own.find(({ signOff }) => signOff === 'open');
  if (open) return open;
  const [newest] = own;
  if (!newest) return `${asked}: nothing was sent yet`;
  const words =
    newest.signOff === 'signed' ? `${newest.signedBy} has signed it off at ${newest.signedAt}` : 'none waits';
  return `${digestId(newest.pack, newest.name)}: refused, ${words}`;
};

export const signOff = async (
  session: Session,
  asked: string,
  { by, note }: Pick<SignedOff, 'by' | 'note'>,
): Promise<Asked<ListedDigest & { readonly by: string }>> => {
  const found = await waiting(session, asked);
  if (typeof found === 'string') return { refused: found };
  try {
    const args: [Pick<SignedOff, 'by' | 'note'>] = [{ by, ...(note !== undefined && { note }) }];
    await session.client.workflow.getHandle(found.workflowId).executeUpdate('signOff', { args });
    return { answer: { ...found, by } };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return { refused: rootCause(error) ?? error.message };
    if (error instanceof WorkflowNotFoundError) return { refused: `${found.workflowId} waits no more` };
    throw error;
  }
};
