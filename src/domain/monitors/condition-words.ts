// A condition as people read it: in lists of rules, in messages, in what an override changes.
import { formatDuration } from '../duration.ts';
import { type Comparison, type Condition, type Limit, limitOf, type Ratio } from './condition.ts';

const LIMIT_WORDS: Readonly<Record<Limit, string>> = {
  above: 'above',
  atLeast: 'at least',
  below: 'below',
  atMost: 'at most',
  equals: 'equal to',
};

/** Two decimals, unless that would make a value look like the limit that it is not at. */
export const numberWords = (value: number, limit?: number): string => {
  const rounded = Number(value.toFixed(2));
  return rounded === limit && value !== limit ? `${value}` : `${rounded}`;
};

const ratioWords = ({ above, below, to, overSeconds }: Ratio): string => {
  const usual = `times its ${to} of ${formatDuration(overSeconds)}`;
  const parts = [above !== undefined && `above ${above}`, below !== undefined && `below ${below}`];
  return `${parts.filter((part) => part !== false).join(' or ')} ${usual}`;
};

/** What a comparison asks of its measure: `above 30`, `unchanged for 30m`. */
export const comparisonWords = (comparison: Comparison): string => {
  if ('increasing' in comparison)
    return `rising ${comparison.increasing} time${comparison.increasing === 1 ? '' : 's'} in a row`;
  if ('unchangedForSeconds' in comparison)
    return `unchanged for ${formatDuration(comparison.unchangedForSeconds)}`;
  if ('absentForSeconds' in comparison) return `absent for ${formatDuration(comparison.absentForSeconds)}`;
  if ('ratio' in comparison) return ratioWords(comparison.ratio);
  const found = limitOf(comparison);
  return found ? `${LIMIT_WORDS[found.limit]} ${found.value}` : '';
};

/** `pollution above 30 or unused above 100`. */
export const conditionWords = (condition: Condition): string => {
  const [parts, word] =
    'any' in condition ? [condition.any, ' or '] : 'all' in condition ? [condition.all, ' and '] : [];
  if (!parts) {
    return 'measure' in condition ? `${condition.measure} ${comparisonWords(condition)}` : '';
  }
  return parts
    .map((part) =>
      'measure' in part || parts.length === 1 ? conditionWords(part) : `(${conditionWords(part)})`,
    )
    .join(word);
};

const SYMBOLS: Readonly<Record<Limit, string>> = {
  above: '>',
  atLeast: '>=',
  below: '<',
  atMost: '<=',
  equals: '=',
};

/** The same for machines: `pollution > 50 or unused > 100`; in words where there is no symbol. */
export const conditionText = (condition: Condition): string => {
  if ('any' in condition) return condition.any.map(conditionText).join(' or ');
  if ('all' in condition) return condition.all.map(conditionText).join(' and ');
  const found = limitOf(condition);
  return `${condition.measure} ${found ? `${SYMBOLS[found.limit]} ${found.value}` : comparisonWords(condition)}`;
};
