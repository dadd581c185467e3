// What is kept of an answer.
import { bandOfAnswer, isOverBudget, type ReportAnswer } from './answer.ts';
import { answerJson } from './forms.ts';

/** 24 months. */
export const KEEP_SECONDS = 730 * 86_400;

/** As it is written down: whole, as programs take it, and what is asked for by itself. */
export const storedOf = (answer: ReportAnswer) => {
  const [pack = '', , name = ''] = answer.report.split('/');
  return {
    pack,
    name,
    asOf: answer.asOf,
    status: bandOfAnswer(answer) ?? null,
    durationMs: answer.durationMs,
    overBudget: isOverBudget(answer),
    answer: answerJson(answer),
  };
};
