// A lock between processes: a folder with its holder's pid. One whose holder has died is taken over.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const holderOf = (folder) => {
  try {
    return Number(readFileSync(join(folder, 'pid'), 'utf8'));
  } catch {
    return undefined;
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Between making the folder and writing the pid there is a moment; a dead holder may have stayed there. */
const isStale = (folder, holder) => {
  if (holder) return !isAlive(holder);
  const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made > 10_000;
};

const take = (folder) => {
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

const breakStale = (folder) => {
  const holder = holderOf(folder);
  if (!isStale(folder, holder)) return;
  const aside = `${folder}.${process.pid}`;
  try {
    renameSync(folder, aside);
    // why: another one may have broken and taken it since we looked; then this is a living lock, put back.
    if (holderOf(aside) === holder) rmSync(aside, { recursive: true });
    else renameSync(aside, folder);
  } catch {
    // Somebody else was faster.
  }
};

/** Runs `work` while no other process runs work under the same lock. */
export const withLock = async (folder, work) => {
  mkdirSync(dirname(folder), { recursive: true });
  while (!take(folder)) {
    breakStale(folder);
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
