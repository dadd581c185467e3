// Has the Temporal SDK download its dev server: `sdk-download <version> <folder>`. A process of its own, because
// the SDK can only download by also starting the server, and its native part cannot be told to give up.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [version, downloadDir] = process.argv.slice(2);
if (!version || !downloadDir) throw new Error('usage: sdk-download <version> <folder>');

const executable = { type: 'cached-download', version, downloadDir } as const;
try {
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
} catch (error) {
  // Causes are chained by colons; the innermost says what a person needs.
  const said = error instanceof Error ? error.message.split(': ').at(-1) : String(error);
  process.stderr.write(`${said}\n`);
  process.exitCode = 1;
}
