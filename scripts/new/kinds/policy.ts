// `new policy`: a ladder of two tiers, the severity that leads to it, and a test that reads it as people would.
import { SEVERITIES } from '../../../src/domain/alerts/severity.ts';
import { someRole } from '../config.ts';
import { fileName, identifier } from '../names.ts';
import { refuse } from '../refused.ts';
import { register } from '../registry.ts';
import { addEntry, literal, propertiesOf, replaceProperty } from '../source.ts';
import { policyTest, policyText } from '../templates/policy.ts';
import { choosePack } from '../tree.ts';
import { type FileText, type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

const LOG_ONLY = 'log-only';

/** The severity that needs a policy most: the worst one without a route, then the worst that only goes to the log. */
const freeSeverity = (routes: Readonly<Record<string, string>>, wanted: string | undefined): string => {
  const worstFirst = SEVERITIES.toReversed();
  const free = [
    ...worstFirst.filter((severity) => routes[severity] === undefined),
    ...worstFirst.filter((severity) => literal(routes[severity]) === LOG_ONLY),
  ];
  const known: readonly string[] = SEVERITIES;
  if (wanted !== undefined && !known.includes(wanted))
    refuse(`--severity must be one of ${known.join(', ')}`);
  const chosen = free.find((severity) => wanted === undefined || severity === wanted);
  const whose = wanted === undefined ? 'every severity has' : `${wanted} has`;
  return chosen ?? refuse(`${whose} a policy already; a policy that no route leads to would be refused`);
};

/** The list of policies with the new one, and a route to it. */
const routed = (index: FileText, severity: string, policy: string): FileText => {
  const value = `${policy}.name`;
  const text =
    replaceProperty(index.text, { object: 'routes', key: severity, value }) ??
    addEntry(index.text, 'routes', `${severity}: ${value}`);
  return { ...index, text: text ?? refuse(`${index.path} has no object routes that could be added to`) };
};

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = choosePack(tree, textOption(wanted, 'pack'));
  const path = `packs/${pack}/policies/index.ts`;
  const routes = propertiesOf(tree.read(path), 'routes') ?? {};
  const severity = freeSeverity(routes, textOption(wanted, 'severity'));
  const draft = { pack, name, severity, role: someRole(tree) };
  const file = fileName(name);
  const test = `test/packs/${pack}/${file}.test.ts`;
  const from = `./${file}.ts`;
  const listed = register(tree, { path, list: 'policies', identifier: identifier(name), from });
  return {
    created: [
      { path: `packs/${pack}/policies/${file}.ts`, text: policyText(draft) },
      { path: test, text: policyTest(draft) },
    ],
    edited: [routed(listed, severity, identifier(name))],
    next: [
      `packs/${pack}/policies/${file}.ts: tiers as you want them, and the same in ${test}`,
      `${path}: ${severity} leads to it now`,
      `npx sexton ladder ${name}`,
      `npm test -- ${test}`,
    ],
  };
};

export const policy: Kind = {
  kind: 'policy',
  summary: 'who is told and after how long, with its test, its line and its route in policies/index.ts',
  options: [
    PACK_OPTION,
    {
      flags: '--severity <severity>',
      description:
        'what leads to it; default: the worst without a route, then the worst that only goes to the log',
    },
  ],
  plan,
};
