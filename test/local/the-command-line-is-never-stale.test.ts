// Which code bin/sexton.mjs runs: sources where they can be run, else what was built.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/programs/house.ts';
import { temporaryFolder } from './support.ts';

let folder = '';

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const sources = () =>
  put('src/client/main.ts', "export const main = (argv: string[]): void => console.log('sources', ...argv);");
const built = () =>
  put('dist/client/main.js', "export const main = (argv) => console.log('built', ...argv);");
const developmentPackages = () => symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

const run = () => {
  const args = [join(folder, 'bin', 'sexton.mjs'), 'plan'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
};

beforeEach(() => {
  folder = temporaryFolder();
  put('package.json', '{ "type": "module" }');
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the command line', () => {
  it('runs from the sources in a checkout, whatever an earlier build has left', () => {
    sources();
    built();
    developmentPackages();
    expect(run()).toEqual({ status: 0, stdout: 'sources plan\n', stderr: '' });
  });

  it('runs what was built where sources lie without the packages to run them, as in an image', () => {
    sources();
    built();
    expect(run()).toEqual({ status: 0, stdout: 'built plan\n', stderr: '' });
  });

  it('names the command that helps where there is neither', () => {
    sources();
    expect(run()).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('`npm run build`'),
    });
  });
});
