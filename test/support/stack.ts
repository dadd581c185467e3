// The suite's real servers, as seen from a test file.
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import pg from 'pg';
import { inject } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../src/domain/search-attributes.ts';
import { eventually } from './eventually.ts';

export const temporalAddress = (): string => inject('temporalAddress');
export const redisUrl = (): string => inject('redisUrl');

const postgresUrl = (database: string): string => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
};

/** A name that no other test uses: `prefix_` and eight random hex digits. */
export const unique = (prefix: string): string => `${prefix}_${randomBytes(4).toString('hex')}`;

/** An empty database of the test's own; returns its address. */
export const freshDatabase = async (prefix: string): Promise<string> => {
  const name = unique(prefix);
  const admin = new pg.Client({ connectionString: postgresUrl('postgres') });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  await admin.end();
  return postgresUrl(name);
};

export const connectTemporal = async (): Promise<{
  client: Client;
  native: NativeConnection;
  close: () => Promise<void>;
}> => {
  const connection = await Connection.connect({ address: temporalAddress() });
  const native = await NativeConnection.connect({ address: temporalAddress() });
  return {
    client: new Client({ connection }),
    native,
    close: async () => {
      await native.close();
      await connection.close();
    },
  };
};

/** A namespace of the test's own: its queues and schedules meet nobody else's. */
export const freshNamespace = async (client: Client): Promise<string> => {
  const namespace = unique('test').replaceAll('_', '-');
  const { workflowService, operatorService } = client.connection;
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 },
  } as never);
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, type === 'Double' ? 4 : 2]),
  );
  await eventually('the namespace takes search attributes', async () => {
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
    return true;
  });
  const own = new Client({ connection: client.connection, namespace });
  await eventually('the namespace is usable', async () => {
    await own.workflow.count('SextonIncident IS NULL');
    return true;
  });
  return namespace;
};
