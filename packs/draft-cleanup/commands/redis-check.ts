// `sexton draft-cleanup redis check`: whether Redis answers, and whether the application could do without it (DRAFT-90).
import { type CommandTools, defineCommand } from '../../../src/index.ts';
import { DATABASE, SESSION_KEYS } from '../names.ts';

/** Slower than this is a warning, as of the health check. */
const SLOW_MS = 100;

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const redisPart = async ({ redis }: CommandTools) => {
  try {
    // The first answer includes the connection.
    await redis.ping();
    const latency = await redis.ping();
    const { used, most } = await redis.memory();
    return {
      ping: true,
      latency_ms: Math.round(latency * 10) / 10,
      memory_used_bytes: used,
      memory_max_bytes: most,
      sessions: await redis.count(SESSION_KEYS),
    };
  } catch (error) {
    return {
      ping: false,
      latency_ms: null,
      memory_used_bytes: null,
      memory_max_bytes: null,
      sessions: null,
      error: words(error),
    };
  }
};

/** The application writes drafts to the database while Redis is away; a probe is written like the newest, and taken back. */
const fallbackPart = async (tools: CommandTools) => {
  try {
    const [draft] = await tools.db(DATABASE).rehearse(async (tx) => {
      const copied = await tx.query<{ readonly id: string }>(
        `INSERT INTO courses SELECT probe.* FROM (
           SELECT c AS draft FROM courses c WHERE c.status = 'draft' ORDER BY c.created_at DESC LIMIT 1) newest
         CROSS JOIN LATERAL jsonb_populate_record(newest.draft, jsonb_build_object('id', gen_random_uuid(),
           'created_at', sexton.now(), 'generation_status', NULL)) probe RETURNING id`,
      );
      if (copied.length > 0) return copied;
      return tx.query<{ readonly id: string }>(`INSERT INTO courses (status) VALUES ('draft') RETURNING id`);
    });
    return { fallback: draft !== undefined };
  } catch (error) {
    return { fallback: false, fallback_error: words(error) };
  }
};

export const redisCheck = defineCommand({
  name: 'redis check',
  summary: 'ping, latency, memory, open forms, and whether a draft can be written without Redis',
  run: async (tools) => {
    const [redis, fallback] = await Promise.all([redisPart(tools), fallbackPart(tools)]);
    const isSlow = redis.latency_ms !== null && redis.latency_ms > SLOW_MS;
    const status = !redis.ping || !fallback.fallback ? 'FAIL' : isSlow ? 'WARN' : 'PASS';
    const megabytes = (bytes: number | null): string =>
      bytes === null ? 'unknown' : `${(bytes / 1_048_576).toFixed(1)} MB`;
    return {
      answer: { status, ...redis, ...fallback },
      text: [
        redis.ping
          ? `ping      ${redis.latency_ms} ms${isSlow ? `, slower than ${SLOW_MS} ms` : ''}`
          : `ping      no answer: ${'error' in redis ? redis.error : ''}`,
        ...(redis.ping
          ? [
              `memory    ${megabytes(redis.memory_used_bytes)} of ${megabytes(redis.memory_max_bytes)}`,
              `sessions  ${redis.sessions}`,
            ]
          : []),
        fallback.fallback
          ? 'fallback  a draft can be written to the database (tried, and taken back)'
          : `fallback  no draft can be written: ${'fallback_error' in fallback ? fallback.fallback_error : ''}`,
        status,
      ].join('\n'),
      exit: { PASS: 0, WARN: 1, FAIL: 2 }[status] as 0 | 1 | 2,
    };
  },
});
