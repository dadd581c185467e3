// The door of `npm start`, `npm test` and `npm run new`: makes sure of Node and the installed packages, then goes on.
// Plain JavaScript without dependencies, in a syntax that a too old Node can read, so that it can say so.
import process from 'node:process';

const [major, minor] = process.versions.node.split('.').map(Number);

const fail = (error) => {
  process.stderr.write(`${error && error.sentence ? error.sentence : error.stack || error}\n`);
  process.exit(1);
};

const begin = async ([verb, ...args]) => {
  const { ensureInstalled } = await import('./install.mjs');
  await ensureInstalled();
  // Only now: tsx is one of the packages.
  const { register } = await import('tsx/esm/api');
  register();
  if (verb === 'test') return (await import('./run-tests.ts')).runTests(args);
  if (verb === 'start') return (await import('../src/local/main.ts')).main(args);
  if (verb === 'new') return (await import('./new/main.ts')).main(args);
  throw new Error('usage: bootstrap.mjs start|test|new …');
};

if (major < 20 || (major === 20 && minor < 19)) {
  fail({ sentence: `Sexton needs Node 20.19 or newer; this is ${process.version}.` });
} else {
  begin(process.argv.slice(2)).then((code) => process.exit(code), fail);
}
