// The methods that the product is measured against, in the order in which they are shown.
import { ascendingKeyset } from './ascending-keyset.ts';
import { ctidLimit } from './ctid-limit.ts';
import { eachBatch } from './each-batch.ts';
import { inBatches } from './in-batches.ts';
import type { Peer } from './peer.ts';
import { plainDelete } from './plain-delete.ts';

export const PEERS: readonly Peer[] = [plainDelete, inBatches, eachBatch, ctidLimit, ascendingKeyset];

/** Those that delete in batches; one plain DELETE is the floor and no peer of a batched deletion. */
export const BATCHED: readonly Peer[] = PEERS.filter(({ ownBatchRows }) => ownBatchRows !== undefined);
