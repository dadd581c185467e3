// Which requirements there are, by number only: what each of them says stands in its specification.

interface Range {
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
}

/** Both specifications count through without a gap. */
const RANGES: readonly Range[] = [
  { prefix: 'SLA', from: 1, to: 128 },
  { prefix: 'DRAFT', from: 1, to: 128 },
];

const idOf = (prefix: string, number: number): string => `${prefix}-${`${number}`.padStart(2, '0')}`;

/** `SLA-08`, `SLA-09`, `SLA-10` … */
export const idsOf = ({ prefix, from, to }: Range): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => idOf(prefix, from + index));

/** In the order of the specifications. */
export const REQUIREMENTS: readonly string[] = RANGES.flatMap(idsOf);

/** Whatever looks like the id of a requirement of these specifications, whether there is such a one or not. */
export const ID = new RegExp(`\\b(?:${RANGES.map(({ prefix }) => prefix).join('|')})-\\d+\\b`, 'g');
