// The notices that every channel's words are held against.
import type { Notification } from '../../src/domain/alerts/notification.ts';
import { aNotification } from './support.ts';

const long = (text: string, times: number): string => `${text} `.repeat(times).trim();

const FULL = {
  action: 'Stop the export that holds the table, then let the run go on',
  labels: { job: 'cleanup_magic_links', database: 'app' },
} as const;

export const SAMPLES: Readonly<Record<string, Notification>> = {
  short: aNotification(FULL),
  'without-anything-optional': aNotification({ facts: [], runbook: '', payload: {} }),
  long: aNotification({
    ...FULL,
    summary: long('the table grows and nothing leaves it', 60),
    action: long('look at what holds it', 60),
    next: long('then somebody else is told', 60),
    facts: Array.from({ length: 40 }, (_, index) => [`fact ${index}`, long('value', 120)] as const),
  }),
  unicode: aNotification({
    ...FULL,
    summary: 'größer als erlaubt: 😀 数据库 <b>& "quoted" \u0007\nsecond line',
    facts: [['Straße & <br>', '`code` *bold* _it_ <!channel> 100 %']],
    runbook: 'https://runbooks.example.org/ä?a=1&b="2"',
  }),
  group: aNotification({
    ...FULL,
    summary: '120 disks are nearly full',
    members: { firing: 120, worst: ['db-1 is 99 % full', 'db-2 is 98 % full', 'web-<7> is 97 % full'] },
  }),
  degraded: aNotification({ ...FULL, degradedRouting: true }),
  'state-store-unreachable': aNotification({ ...FULL, stateStoreUnreachable: true, facts: [] }),
  acknowledged: aNotification({
    ...FULL,
    status: 'acknowledged',
    next: 'nothing until it is resolved',
    facts: [['Acknowledged by', 'ana']],
  }),
  resolved: aNotification({
    ...FULL,
    status: 'resolved',
    endedAt: '2026-02-10T12:12:30.000Z',
    next: 'nothing: it is resolved',
  }),
};
