// Makes dist/: compiled JavaScript, the types of the pack author's door, what is not TypeScript, and the workflow
// bundle. All of it is made aside and then moved into place, so that a build that fails changes nothing.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from '../src/worker/worker.ts';
import { withoutPaths } from './bundle-paths.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** Resolves when `tsc` has found nothing wrong; what it finds it prints itself. */
const compile = (project: string, outDir: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [compiler, '--project', project, '--outDir', outDir], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`tsc --project ${project} found faults`));
    });
  });

/** Migrations, and whatever else lies beside the code that reads it. */
const copyRest = (outDir: string): void => {
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || extname(entry.name) === '.ts') continue;
    const from = join(entry.parentPath, entry.name);
    cpSync(from, join(outDir, relative(join(root, 'src'), from)));
  }
};

const build = async (): Promise<void> => {
  // webpack names modules by the folder it is run from.
  process.chdir(root);
  const inside = join(root, '.sexton');
  mkdirSync(inside, { recursive: true });
  const aside = mkdtempSync(join(inside, 'build-'));
  try {
    const made = join(aside, 'dist');
    copyRest(made);
    const [{ code }] = await Promise.all([
      bundleWorkflows(),
      compile('tsconfig.build.json', made),
      compile('tsconfig.types.json', made),
    ]);
    writeFileSync(join(made, 'workflow-bundle.js'), withoutPaths(code, root));
    rmSync(dist, { recursive: true, force: true });
    renameSync(made, dist);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
};

try {
  await build();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
