// `new dashboard`: two panels that every pack can fill, and a test that asks what they ask.
import { fileName } from '../names.ts';
import { listInPack } from '../pack-list.ts';
import { dashboardTest, dashboardText } from '../templates/dashboard.ts';
import { choosePack } from '../tree.ts';
import { type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = choosePack(tree, textOption(wanted, 'pack'));
  const file = fileName(name);
  const path = `packs/${pack}/dashboards/${file}.ts`;
  const test = `test/packs/${pack}/${file}.test.ts`;
  const listed = { pack, kind: 'dashboards', words: 'dashboard', type: 'DashboardDefinition', name };
  const { created, edited } = listInPack(tree, listed);
  return {
    created: [
      { path, text: dashboardText({ pack, name }) },
      ...created,
      { path: test, text: dashboardTest({ pack, name }) },
    ],
    edited,
    next: [
      `${path}: panels of the pack's reports and metrics; the same in ${test}`,
      `npm test -- ${test}`,
      'npx sexton gateway serves it; npx sexton grafana render writes it for Grafana',
    ],
  };
};

export const dashboard: Kind = {
  kind: 'dashboard',
  summary: 'panels in rows, with their test and their line in dashboards/index.ts',
  options: [PACK_OPTION],
  plan,
};
