// The suite's Temporal, in a namespace of the test's own: its queues and schedules meet nobody else's.
import { Client } from '@temporalio/client';
import { connectTemporal, freshNamespace } from './stack.ts';

export const connectOwnNamespace = async () => {
  const { client: shared, native, close } = await connectTemporal();
  const namespace = await freshNamespace(shared);
  return { namespace, client: new Client({ connection: shared.connection, namespace }), native, close };
};

export type OwnNamespace = Awaited<ReturnType<typeof connectOwnNamespace>>;
