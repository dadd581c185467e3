// One way to reach Temporal for every process: the SDK's own environment configuration, which the `temporal`
// CLI reads too (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS…, profiles).
import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { createGate } from './gate.ts';

export type TemporalAddress = ClientConnectConfig;

export const temporalAddress = (env: Readonly<Record<string, string | undefined>>): TemporalAddress => {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set) });
};

/** A client on a connection of its own; closing it closes the connection. */
export const connectClient = async ({
  connectionOptions,
  namespace = 'default',
}: TemporalAddress): Promise<{ readonly client: Client; readonly close: () => Promise<void> }> => {
  const gate = createGate();
  const connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout: '5s',
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), gate.interceptor],
  });
  const close = (): Promise<void> => {
    gate.shut();
    return connection.close();
  };
  return { client: new Client({ connection, namespace }), close };
};
