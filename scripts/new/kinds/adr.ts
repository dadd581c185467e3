// `new adr`: a decision under the next number, from the template.
import { fileName, words } from '../names.ts';
import { nextNumber } from '../numbers.ts';
import { refuse } from '../refused.ts';
import type { Kind, Plan, Wanted } from './kind.ts';

const FOLDER = 'docs/adr';

const plan = ({ tree, name }: Wanted): Plan => {
  const number = nextNumber(tree, FOLDER, 4);
  const path = `${FOLDER}/${number}-${fileName(name)}.md`;
  const title = words(name).replace(/^./, (letter) => letter.toUpperCase());
  const template = tree.read(`${FOLDER}/template.md`);
  const text = template
    .replace(/^# .*$/m, `# ${number}: ${title}`)
    .replace(/^Status: .*$/m, 'Status: accepted');
  if (text === template) refuse(`${FOLDER}/template.md has no title that could be replaced`);
  return {
    created: [{ path, text }],
    edited: [],
    next: [`${path}: at most one page, and its title as a sentence`],
  };
};

export const adr: Kind = {
  kind: 'adr',
  summary: 'a decision under the next number in docs/adr',
  options: [],
  plan,
};
