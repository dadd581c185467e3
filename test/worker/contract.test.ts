// Names that running workflows, schedules, operators and the `temporal` CLI rely on. A renamed one breaks them, so
// it is changed here only together with a plan for what runs. And what workflow code may consist of.
import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import {
  createCleanupActivities,
  createJobActivities,
  createNotifyActivities,
  createReconcileActivities,
  createWatchActivities,
} from '../../src/activities/index.ts';
import { queueTable } from '../../src/worker/queues.ts';
import * as workflows from '../../src/workflows/index.ts';
import * as messages from '../../src/workflows/messages.ts';

const dependencies = {} as Dependencies;

const namesOf = (kind: 'query' | 'signal' | 'update'): string[] => {
  const definitions = Object.values(messages).filter(
    (value): value is typeof messages.stateQuery => 'type' in value && value.type === kind,
  );
  return [...new Set(definitions.map(({ name }) => name))].toSorted();
};

describe('the names by which the outside reaches Sexton', () => {
  it('workflow types', () => {
    expect(Object.keys(workflows).toSorted()).toEqual([
      'checklist',
      'digest',
      'escalation',
      'healthCheck',
      'job',
      'monitor',
      'reconcile',
      'redeliver',
    ]);
  });

  it('activities, by the queue that serves them', () => {
    const names = (activities: object): string[] => Object.keys(activities).toSorted();
    expect({
      job: names(createJobActivities(dependencies)),
      cleanup: names(createCleanupActivities(dependencies)),
      watch: names(createWatchActivities(dependencies)),
      notify: names(createNotifyActivities(dependencies)),
      reconcile: names(createReconcileActivities(dependencies)),
    }).toEqual({
      job: ['begin', 'finish', 'preview', 'resolveInstant', 'whomToWake'],
      cleanup: ['slice'],
      watch: [
        'checkHealth',
        'closeIncident',
        'endDigest',
        'evaluate',
        'evaluateAfter',
        'holdRun',
        'letGoOfLock',
        'loadLadder',
        'loadUnsent',
        'makeDigest',
        'markHandedOver',
        'observe',
        'recordAnswer',
        'recordChecklist',
        'recordStep',
        'releaseRun',
        'retryFailedRun',
        'setBatchSize',
        'whoWasTold',
      ],
      notify: ['postLetter', 'redeliver', 'resolveTargets', 'send'],
      reconcile: ['reconcile'],
    });
  });

  it('queries, updates and signals, each with a description for the UI', () => {
    expect({ query: namesOf('query'), update: namesOf('update'), signal: namesOf('signal') }).toEqual({
      query: ['state'],
      update: [
        'abandon',
        'acknowledge',
        'approve',
        'complete',
        'escalateNow',
        'note',
        'pause',
        'reassign',
        'resolve',
        'resume',
        'retry',
        'setBatchSize',
        'signOff',
        'snooze',
        'stop',
        'unacknowledge',
      ],
      signal: [
        'acknowledge',
        'complete',
        'observed',
        'pause',
        'resolve',
        'resume',
        'retry',
        'signOff',
        'snooze',
        'stop',
        'worsened',
      ],
    });
    const described = Object.keys(messages.DESCRIPTIONS).toSorted();
    const all = [...namesOf('query'), ...namesOf('update'), ...namesOf('signal')];
    expect(described).toEqual([...new Set(all)].toSorted());
  });

  it('task queues', () => {
    const databases = [{ pack: 'p', name: 'app', url: '' }];
    expect(queueTable(databases).map(({ taskQueue, serves }) => [serves, taskQueue])).toEqual([
      ['job', 'sexton-orchestration'],
      ['watch', 'sexton-watch'],
      ['notify', 'sexton-notify'],
      ['reconcile', 'sexton-reconcile'],
      ['cleanup', 'sexton-cleanup/p/app'],
    ]);
  });
});

describe('the workflow bundle', () => {
  const sources = (): string[] => {
    const code = readFileSync(inject('bundlePath'), 'utf8');
    const map = /sourceMappingURL=data:application\/json;charset=utf-8;base64,([\w+/=]+)\s*$/.exec(code)?.[1];
    return JSON.parse(Buffer.from(map ?? '', 'base64').toString()).sources;
  };

  it('has nothing of ours in it but domain and workflows', () => {
    const ours = sources().filter(
      (source) => /\/(src|packs|test)\//.test(source) && !/node_modules/.test(source),
    );
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter((source) => !/\/src\/(domain|workflows)\//.test(source))).toEqual([]);
  });

  it('has nothing of others in it but the SDK and what that brings', () => {
    const packages = sources().flatMap((source) => {
      const name = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
      return name ? [name] : [];
    });
    expect([...new Set(packages)].toSorted()).toEqual([
      '@temporalio/common',
      '@temporalio/workflow',
      'long',
      'ms',
      'nexus-rpc',
    ]);
  });
});
