// Checks a checklist by itself.
import { z } from 'zod';
import { doubled } from '../inspect.ts';
import { line, name } from './names.ts';

const MOST_STEPS = 100;

const step = z.strictObject({ name, title: line, how: line.optional() });

/** A checklist as declared; see ChecklistDefinition. */
export const checklistSchema = z.strictObject({
  name,
  title: line,
  owner: line,
  steps: z
    .array(step)
    .min(1, { error: 'must have a step' })
    .max(MOST_STEPS, { error: `must have at most ${MOST_STEPS} steps` })
    .superRefine((steps, context) => {
      for (const twice of doubled(steps.map((each) => each.name)))
        context.addIssue({ code: 'custom', message: `must not have the step ${twice} twice` });
    }),
  signOff: line.optional(),
});

/** A checklist that holds to every rule. */
export type CheckedChecklist = z.output<typeof checklistSchema>;
