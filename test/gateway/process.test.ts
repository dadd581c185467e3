// `sexton gateway` as a person runs it: a process that serves until it is told to stop.
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { loadCatalog } from '../../src/config/load-catalog.ts';
import { freePorts } from '../../src/local/free-ports.ts';
import { eventually } from '../support/eventually.ts';
import { fetchText } from '../support/packs/dashboards.ts';
import { ROOT } from '../support/programs/house.ts';
import { freshDatabase, redisUrl } from '../support/stack.ts';

describe('sexton gateway', () => {
  it('serves metrics and dashboards where SEXTON_GATEWAY_ADDRESS says, and ends well on SIGTERM', async () => {
    const url = await freshDatabase('gateway_process');
    const address = { DATABASE_URL: url, REDIS_URL: redisUrl() };
    await migrateAll(await loadCatalog({ env: address }));
    const [port] = await freePorts(1);
    const env = { ...process.env, ...address, SEXTON_GATEWAY_ADDRESS: `127.0.0.1:${port}` };
    const child = spawn(process.execPath, ['bin/sexton.mjs', 'gateway'], { cwd: ROOT, env, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    try {
      const { status, text } = await eventually(
        'the gateway answers',
        () => fetchText(`http://127.0.0.1:${port}/metrics`).catch(() => undefined),
        { withinMs: 60_000 },
      );
      expect(status).toBe(200);
      expect(text).toContain('alerts_open{pack="draft-cleanup"');
      expect((await fetchText(`http://127.0.0.1:${port}/`)).text).toContain('Drafts: production');
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
  });
});
