// A digest on the real Temporal server, with real rows; only channels are the test's. It is made once, sent to each once,
// kept, and open until somebody has signed it off or the time for that is over.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PostedLetter } from '../../src/activities/alerts/channels.ts';
import { ChannelError } from '../../src/channels/channel.ts';
import { formatTarget } from '../../src/domain/alerts/policy.ts';
import type { DigestSnapshot, DigestState } from '../../src/domain/digests/digest.ts';
import { ORCHESTRATION_QUEUE } from '../../src/domain/ids.ts';
import { letterText } from '../../src/domain/letters/letter.ts';
import type { DigestDefinition } from '../../src/index.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { eventually } from '../support/eventually.ts';
import { aReport, loadGarden } from '../support/packs/reports.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';
import { skipTime } from '../support/time.ts';

const REPORTS = [
  aReport({
    sql: 'SELECT n FROM generate_series(1, 3) n',
    interpret: ({ rows }) => [`There are ${rows.length} beds.`],
  }),
  aReport({ name: 'gates', title: 'Gates', sql: 'SELECT 1 / 0 AS n' }),
];
const ROLES = { gardener: ['slack:garden', 'email:ana@example.org'], cook: ['log'], alarm: ['pagerduty'] };

const digestOf = (change: Partial<DigestDefinition> = {}): DigestSnapshot => {
  const digest: DigestDefinition = {
    name: unique('weekly'),
    title: 'The garden this week',
    summary: 'How the garden does',
    owner: 'gardener',
    schedule: '0 7 * * 1',
    reports: ['beds'],
    to: ['gardener'],
    signOff: { by: 'cook', task: 'Look at the beds.' },
    ...change,
  };
  const [found] = loadGarden({ reports: REPORTS, digests: [digest] }, { roles: ROLES }).digests;
  if (!found) throw new Error('there is one digest');
  return found.snapshot;
};

let bell: Bell;
const posted: PostedLetter[] = [];
let onPost: (letter: PostedLetter) => void = () => {};
beforeAll(async () => {
  bell = await openBell(undefined, {
    reports: loadGarden({ reports: REPORTS }).reports,
    looking: { of: () => bell.engine.databases.home },
    directory: { roles: ROLES, people: {}, rotations: {} },
    channels: {
      send: async () => ({}),
      sendInstead: async () => {},
      post: async (letter) => {
        onPost(letter);
        if (letter.target.channel === 'pagerduty') return undefined;
        posted.push(letter);
        return { id: `receipt ${posted.length}` };
      },
    },
  });
});
afterAll(() => bell.close());
beforeEach(() => {
  posted.length = 0;
  onPost = () => {};
});

const start = (digest: DigestSnapshot) =>
  bell.client.workflow.start<(input: object) => Promise<DigestState>>('digest', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId: `digest/garden/${digest.name}/${randomUUID()}`,
    args: [{ v: 1, digest }],
  });

type Handle = Awaited<ReturnType<typeof start>>;

const waitsForSignOff = (handle: Handle): Promise<DigestState> =>
  eventually('it waits to be signed off', async () => {
    const state = await handle.query<DigestState>('state');
    return state.state === 'waitingForSignOff' && state;
  });

const rowOf = async (name: string) =>
  (
    await bell.home.query(
      `SELECT sign_off, signed_by, note, status, cardinality(reports) AS reports,
         round(extract(epoch FROM keep_until - at) / 86400)::int AS "keptDays", due_at > at AS "waits"
       FROM sexton.digest WHERE name = $1`,
      [name],
    )
  ).rows;

const toldTo = (): readonly string[] => posted.map(({ target }) => formatTarget(target)).toSorted();

describe('a digest', () => {
  it('is made, sent to everybody once, kept for 24 months, and over when it is signed off (DRAFT-92, DRAFT-101)', async () => {
    const digest = digestOf();
    await bell.serving(async () => {
      const handle = await start(digest);
      const waiting = await waitsForSignOff(handle);
      expect(toldTo()).toEqual(['email:ana@example.org', 'log', 'slack:garden']);
      expect(waiting).toMatchObject({
        task: 'Look at the beds.',
        told: ['slack:garden: sent', 'email:ana@example.org: sent', 'log: sent'],
      });
      const text = letterText(posted[0]!.letter);
      expect(text).toContain('There are 3 beds.');
      expect(text).toContain(
        `Look at the beds. Then sign it off: sexton digest sign-off garden/digest/${digest.name}`,
      );
      expect(await rowOf(digest.name)).toEqual([
        {
          sign_off: 'open',
          signed_by: null,
          note: null,
          status: null,
          reports: 1,
          keptDays: 730,
          waits: true,
        },
      ]);
      const signed = await handle.executeUpdate<DigestState, [object]>('signOff', {
        args: [{ by: 'ana', note: 'all well' }],
      });
      expect(signed.state).toBe('signedOff');
      expect(await rowOf(digest.name)).toMatchObject([
        { sign_off: 'signed', signed_by: 'ana', note: 'all well' },
      ]);
      expect(await handle.result()).toMatchObject({
        state: 'signedOff',
        signedOff: { by: 'ana', note: 'all well' },
      });
      expect(posted).toHaveLength(3);
      await record('digest-signed-off', handle);
    });
  });

  it('that nobody signs off in time says so to whom it was asked of, and ends (DRAFT-92)', async () => {
    const digest = digestOf();
    await bell.serving(async () => {
      const handle = await start(digest);
      await waitsForSignOff(handle);
      posted.length = 0;
      await skipTime(bell.client, handle.workflowId);
      expect(await handle.result()).toMatchObject({ state: 'unsigned' });
      expect(await rowOf(digest.name)).toMatchObject([{ sign_off: 'unsigned', signed_by: null }]);
      expect(toldTo()).toEqual(['log']);
      expect(posted[0]?.letter.subject).toBe('Not signed off: The garden this week (garden)');
      await record('digest-unsigned', handle);
    });
  });

  it('is signed off by a signal as well, once, and by somebody', async () => {
    await bell.serving(async () => {
      const handle = await start(digestOf());
      await waitsForSignOff(handle);
      await expect(handle.executeUpdate('signOff', { args: [{ by: ' ' }] })).rejects.toThrow();
      await handle.signal('signOff', { note: 'nobody' });
      await handle.signal('signOff', { by: 'ana' });
      await handle.signal('signOff', { by: 'ben' });
      expect((await handle.result()).signedOff).toMatchObject({ by: 'ana' });
    });
  });

  it('that asks for no sign-off is over once it is sent; alarms take no letters', async () => {
    const { signOff: _, ...digest } = digestOf({ to: ['cook', 'alarm'] });
    await bell.serving(async () => {
      const done = await (await start(digest)).result();
      expect(done).toMatchObject({ state: 'done', told: ['log: sent', 'pagerduty: unsuited'] });
      expect(await rowOf(digest.name)).toMatchObject([{ sign_off: 'none', waits: null }]);
    });
  });

  it('says what could not be asked, and shows the rest', async () => {
    await bell.serving(async () => {
      const digest = digestOf({ reports: ['gates', 'beds'], to: ['cook'] });
      const handle = await start(digest);
      await waitsForSignOff(handle);
      const text = letterText(posted[0]!.letter);
      expect(text).toContain('Gates\n- could not be asked: division by zero');
      expect(text).toContain('There are 3 beds.');
      expect(await rowOf(digest.name)).toMatchObject([{ reports: 1 }]);
      await handle.terminate();
    });
  });

  it('reaches the others when one target fails, and that one by another try, which knows of the first', async () => {
    const { signOff: _, ...digest } = digestOf();
    let failures = 0;
    onPost = ({ target }) => {
      if (target.channel !== 'slack' || failures > 0) return;
      failures += 1;
      throw new ChannelError('no answer', { recoverable: true, unclear: true, retryAfterMs: 10 });
    };
    await bell.serving(async () => {
      expect((await (await start(digest)).result()).told).toEqual([
        'slack:garden: sent',
        'email:ana@example.org: sent',
      ]);
    });
    expect(posted.map(({ target, retry }) => `${target.channel} ${retry}`).toSorted()).toEqual([
      'email false',
      'slack true',
    ]);
    const { rows } = await bell.home.query(
      `SELECT target, state, failures, receipt IS NOT NULL AS receipt FROM sexton.letter_message m JOIN sexton.letter l ON l.id = m.letter
       WHERE l.name = $1 ORDER BY target`,
      [digest.name],
    );
    expect(rows).toEqual([
      { target: 'email:ana@example.org', state: 'sent', failures: 0, receipt: true },
      { target: 'slack:garden', state: 'sent', failures: 1, receipt: true },
    ]);
  });

  it('that a channel refuses for good is given up there, and kept as such', async () => {
    const { signOff: _, ...digest } = digestOf({ to: ['slack:garden', 'log'] });
    onPost = ({ target }) => {
      if (target.channel === 'slack') throw new ChannelError('no such channel', { recoverable: false });
    };
    await bell.serving(async () => {
      expect((await (await start(digest)).result()).told).toEqual(['slack:garden: dead', 'log: sent']);
    });
  });

  it('is one letter and one set of answers, however often it is made for a tick', async () => {
    const digest = digestOf();
    const { makeDigest } = bell.engine.activities;
    const input = { digest, tick: '2026-02-09T07:00:00.000Z', workflowId: 'w' };
    const stored = async () =>
      (await bell.home.query('SELECT count(*)::int AS n FROM sexton.report')).rows[0].n;
    const before = await stored();
    const first = await bell.engine.run(makeDigest, input);
    expect(await bell.engine.run(makeDigest, input, 2)).toEqual(first);
    expect(await rowOf(digest.name)).toHaveLength(1);
    expect(await stored()).toBe(before + 1);
  });
});
