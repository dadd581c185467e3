// What `npm run trace` prints.
import type { Trace, Traced } from './trace.ts';

const told = ({ id, tests, reason }: Traced): readonly string[] => {
  if (tests.length > 0)
    return tests.map(
      ({ file, line, title }, index) =>
        `${index === 0 ? id.padEnd(10) : ' '.repeat(10)}${file}:${line}  ${title}`,
    );
  return [`${id.padEnd(10)}${reason === undefined ? 'NEITHER A TEST NOR A REASON' : `no test: ${reason}`}`];
};

/** `shown` is some of the trace's requirements, or all; the last line and the faults speak of all. */
export const render = ({ requirements, faults }: Trace, shown: readonly Traced[]): string => {
  const tested = requirements.filter(({ tests }) => tests.length > 0).length;
  const excused = requirements.filter(
    ({ tests, reason }) => tests.length === 0 && reason !== undefined,
  ).length;
  return [
    ...shown.flatMap(told),
    '',
    ...faults,
    `${requirements.length} requirements: ${tested} named by tests, ${excused} with a reason, ` +
      `${requirements.length - tested - excused} with neither; ${faults.length} faults`,
    '',
  ].join('\n');
};

/** One object: `{requirements: [{id, tests: [{file, line, title}], reason?}], faults: […]}`. */
export const renderJson = ({ faults }: Trace, shown: readonly Traced[]): string =>
  `${JSON.stringify({ requirements: shown, faults }, null, 2)}\n`;
