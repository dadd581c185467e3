// Rounding for output, and nowhere else: half up, away from zero, as Postgres rounds `numeric`.

/** The digits of a number as they are written shortest, without an exponent. */
const plainDigits = (value: number): string => {
  const [mantissa = '0', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  if (shift < 0) return `0.${'0'.repeat(-shift - whole.length)}${whole}${fraction}`;
  return `${whole}${fraction}`.padEnd(whole.length + shift, '0');
};

/** `plainDigits` of a text with one digit more in its last place. */
const plusOne = (digits: string): string => {
  const kept = digits.replace(/9+$/, '');
  const zeros = '0'.repeat(digits.length - kept.length);
  return kept === '' ? `1${zeros}` : `${kept.slice(0, -1)}${Number(kept.at(-1)) + 1}${zeros}`;
};

/**
 * A number with exactly so many decimals. What is rounded is the number as it is written, so that 1.005 is 1.01 although
 * its binary form is a little less.
 */
export const roundHalfUp = (value: number, decimals: number): string => {
  if (!Number.isFinite(value)) return String(value);
  const [whole = '0', fraction = ''] = plainDigits(Math.abs(value)).split('.');
  const kept = `${whole}${fraction.slice(0, decimals).padEnd(decimals, '0')}`;
  const digits = Number(fraction[decimals] ?? 0) >= 5 ? plusOne(kept) : kept;
  const point = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return value < 0 && /[1-9]/.test(text) ? `-${text}` : text;
};
