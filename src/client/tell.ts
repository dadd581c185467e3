// What came of a question, in words or as one JSON object, and the exit code for it.
import type { Asked } from './ask.ts';
import { type CommandContext, EXIT } from './context.ts';

/** Writes what came of a question and returns the exit code for it. */
export const tell = <T extends object>(
  { out, err }: Pick<CommandContext, 'out' | 'err'>,
  asked: Asked<T>,
  { json, text }: { readonly json: boolean | undefined; readonly text: (answer: T) => string },
): number => {
  if ('answer' in asked) {
    out.write(`${json ? JSON.stringify(asked.answer) : text(asked.answer)}\n`);
    return EXIT.yes;
  }
  if (json) out.write(`${JSON.stringify(asked)}\n`);
  else err.write(`${'refused' in asked ? asked.refused : asked.unanswered}\n`);
  return 'refused' in asked ? EXIT.no : EXIT.unknown;
};
