// Which user runs Postgres, which refuses to run as root.
import { readFileSync } from 'node:fs';
import { runsAsRoot } from './cache.ts';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user Postgres has to run as: none in particular unless we are root. initdb wants it to have a passwd entry. */
export const postgresUser = (passwd: string = '/etc/passwd'): SystemUser | undefined => {
  if (!runsAsRoot()) return undefined;
  const entries = readFileSync(passwd, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  return ['postgres', 'nobody']
    .flatMap((name) => entries.filter((entry) => entry.name === name && entry.uid > 0))
    .at(0);
};
