// kill -9 of `npm` tells nobody: what it had started has to look.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from './support.ts';

const loader = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
const watch = new URL('../../src/local/parent-watch.ts', import.meta.url).href;

const child = `
  import { onParentGone } from ${JSON.stringify(watch)};
  onParentGone(() => { console.log('gone'); process.exit(); });
  console.log('watching');
  setInterval(() => {}, 1000);`;

// `; true` keeps a shell from leaving its place to what it runs.
const parents = {
  directly: "spawn(process.execPath, ['--import', loader, 'child.mjs'], { stdio: 'inherit' });",
  'through a shell, as npm does':
    "process.title = 'npm start'; spawn('sh', ['-c', '\"$0\" --import \"$1\" child.mjs; true', process.execPath, loader], { stdio: 'inherit' });",
};

it.each(Object.entries(parents))(
  'a process is called back when what started it, %s, is killed',
  async (_, parent) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'child.mjs'), child);
    const imports = `import { spawn } from 'node:child_process'; const loader = ${JSON.stringify(loader)};`;
    writeFileSync(join(folder, 'parent.mjs'), imports + parent);
    const started = spawn(process.execPath, ['parent.mjs'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (text.includes('watching')) started.kill('SIGKILL');
    });
    // The pipe is the child's too: it closes when both have ended.
    await once(started.stdout, 'close');
    expect(output).toBe('watching\ngone\n');
    rmSync(folder, { recursive: true });
  },
);
