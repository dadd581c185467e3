// A checklist in words, for the Temporal UI and the terminal.
import { type ChecklistSnapshot, type ChecklistState, nextInChecklist } from './checklist.ts';

export const checklistStaticSummary = ({ title }: ChecklistSnapshot): string => title;

export const checklistStaticDetails = ({ pack, name, owner, steps, signOff }: ChecklistSnapshot): string =>
  [
    `Checklist ${pack}/${name}, answered for by ${owner}.`,
    '',
    ...steps.map(({ title, how }, place) => `${place + 1}. ${title}${how === undefined ? '' : ` (${how})`}`),
    ...(signOff === undefined ? [] : [`${steps.length + 1}. Sign-off: ${signOff}`]),
  ].join('\n');

/** One line a step: what is done, by whom, and what they said. */
export const checklistLines = (state: ChecklistState): readonly string[] => {
  const { steps, done, signOff, abandoned, next } = state;
  const step = ({ name, title, how }: ChecklistState['steps'][number]): readonly string[] => {
    const word = done.find((each) => each.step === name);
    if (word) return [`[x] ${name}: ${title}`, `    ${word.at} ${word.by}: ${word.note}`];
    return [`[ ] ${name}: ${title}`, ...(next?.name === name && how !== undefined ? [`    ${how}`] : [])];
  };
  const signed = signOff?.done;
  return [
    ...steps.flatMap(step),
    ...(signOff === null ? [] : [`[${signed ? 'x' : ' '}] sign-off: ${signOff.title}`]),
    ...(signed ? [`    ${signed.at} ${signed.by}: ${signed.note}`] : []),
    ...(abandoned ? [`abandoned ${abandoned.at} by ${abandoned.by}: ${abandoned.note}`] : []),
  ];
};

/** Markdown of its live details. */
export const checklistDetails = (state: ChecklistState): string =>
  [
    `**${state.state}** · ${state.done.length} of ${state.steps.length} steps · started by ${state.startedBy} at ${state.startedAt}`,
    '',
    `**Next** ${nextInChecklist(state)}`,
    '',
    '```',
    ...checklistLines(state),
    '```',
  ].join('\n');
