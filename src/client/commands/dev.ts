// `sexton dev`: what `npm start` is in Sexton's own repository, for the packs of the folder it is called in.
import type { Command } from 'commander';

export const registerDev = (program: Command): void => {
  program
    .command('dev')
    .argument('[flags...]', 'see `sexton dev --help`')
    .description('bring up Postgres, Redis and Temporal, run every job once, and serve until Ctrl-C')
    // Flags are `npm start`'s own, and may come after `--` as they do there.
    .allowUnknownOption()
    .helpOption(false)
    .action(async (flags: readonly string[]) => {
      // Servers, worker and all: only this command waits for them to be loaded.
      const { main } = await import('../../local/main.ts');
      process.exitCode = await main(flags, 'sexton dev');
    });
};
