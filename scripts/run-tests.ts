// Runs the suite and ends with one line that a person and a program can read: `N passed, N failed`.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onParentGone } from '../src/local/parent-watch.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

interface FileResult {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

const readCounts = (file: string): { passed: number; failed: number } | undefined => {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
    const files: readonly FileResult[] = testResults;
    // A file that could not even be loaded has no test to count.
    const broken = files.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    );
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch {
    return undefined;
  }
};

/** Ends the runner with us: by the signals we get, and when the npm above us was killed without a word. */
const tieToUs = (child: ChildProcess): void => {
  const end = (signal: NodeJS.Signals): void => {
    child.kill(signal);
    setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
  };
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  // Ctrl-C reaches the runner by itself, and a second one at once would keep it from tidying up.
  process.on('SIGINT', () => setTimeout(() => end('SIGINT'), 3_000).unref());
  onParentGone(() => end('SIGTERM'));
};

/** Exit code of the whole; never 0 where nothing ran. */
export const runTests = async (args: readonly string[]): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'sexton-tests-'));
  const file = join(folder, 'results.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  tieToUs(child);
  const ending = await new Promise<{ code: number; how: string }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code: code ?? 1, how: signal ?? `exit code ${code}` }));
    child.once('error', (error) => resolve({ code: 1, how: error.message }));
  });
  const counts = readCounts(file);
  rmSync(folder, { recursive: true, force: true });
  const { passed, failed } = counts ?? { passed: 0, failed: 0 };
  if (!counts) console.log(`The test runner ended without a result (${ending.how}).`);
  else if (passed + failed === 0) console.log('No test ran.');
  else if (ending.code !== 0 && failed === 0) console.log(`The test runner failed (${ending.how}).`);
  console.log(`${passed} passed, ${failed} failed`);
  if (ending.code !== 0) return ending.code;
  return failed > 0 || passed === 0 ? 1 : 0;
};
