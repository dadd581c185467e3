// A process that starts a stack and does what its stdin says: `hold-stack <stack options as JSON>`. Tells on stdout
// `{ say }` for each line said, and `{ pids, supervisor, urls }` when it is up.
import { createInterface } from 'node:readline';
import { startStack } from '../../src/local/stack.ts';

const tell = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

const options = JSON.parse(process.argv[2] ?? '{}');
const stack = await startStack({ ...options, env: process.env, say: (line) => tell({ say: line }) });
tell({ pids: stack.pids, supervisor: stack.supervisor });

createInterface({ input: process.stdin }).on('line', (order) => {
  if (order === 'throw') throw new Error('thrown on purpose');
  void stack.stop().then(() => process.exit(0));
});
