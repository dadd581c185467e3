// A standby as its primary sees it: it speaks the replication protocol to the suite's real Postgres, which starts a real
// WAL sender for it and measures its lag. What it receives is thrown away; what it says of itself is the test's.
import pg from 'pg';

export interface Standby {
  /** As `pg_stat_replication` names it. */
  readonly name: string;
  /** Says from now on that nothing more was replayed than until now. */
  readonly stall: () => void;
  /** Says from now on that everything was replayed as it came. */
  readonly catchUp: () => void;
  readonly close: () => Promise<void>;
}

interface Wire {
  readonly stream: { readonly write: (bytes: Buffer) => boolean };
  readonly on: (event: 'copyData', listen: (message: { readonly chunk: Buffer }) => void) => void;
}

/** As often as a standby that applies under load. */
const REPLY_MS = 100;
/** The protocol counts microseconds since 2000. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const [WAL_DATA, KEEPALIVE, STATUS, COPY_DATA] = ['w', 'k', 'r', 'd'].map((letter) => letter.charCodeAt(0));

const lsnOf = (text: string): bigint => {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
};

const statusMessage = (received: bigint, replayed: bigint): Buffer => {
  const message = Buffer.alloc(5 + 34);
  message.writeUInt8(COPY_DATA ?? 0, 0);
  message.writeUInt32BE(4 + 34, 1);
  message.writeUInt8(STATUS ?? 0, 5);
  message.writeBigUInt64BE(received, 6);
  message.writeBigUInt64BE(received, 14);
  message.writeBigUInt64BE(replayed, 22);
  message.writeBigUInt64BE(BigInt(Date.now() - POSTGRES_EPOCH_MS) * 1000n, 30);
  return message;
};

export const openStandby = async (url: string, name: string): Promise<Standby> => {
  const settings = { connectionString: url, application_name: name, replication: 'true' };
  const client = new pg.Client(settings);
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query('IDENTIFY_SYSTEM');
  let received = lsnOf(rows[0].xlogpos);
  let replayed = received;
  let stalled = false;
  const wire = (client as unknown as { connection: Wire }).connection;
  wire.on('copyData', ({ chunk }) => {
    const kind = chunk.readUInt8(0);
    if (kind === WAL_DATA) received = chunk.readBigUInt64BE(1) + BigInt(chunk.length - 25);
    else if (kind === KEEPALIVE) received = chunk.readBigUInt64BE(1);
    if (!stalled) replayed = received;
  });
  // Answered for as long as the connection lives, so nobody waits for it; closing it is no failure.
  void client
    .query(`START_REPLICATION PHYSICAL ${rows[0].xlogpos} TIMELINE ${rows[0].timeline}`)
    .catch(() => {});
  const replies = setInterval(() => wire.stream.write(statusMessage(received, replayed)), REPLY_MS);
  return {
    name,
    stall: () => {
      stalled = true;
    },
    catchUp: () => {
      stalled = false;
      replayed = received;
    },
    close: async () => {
      clearInterval(replies);
      (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
      await client.end().catch(() => {});
    },
  };
};
