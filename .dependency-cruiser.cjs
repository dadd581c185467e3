// Direction of knowledge (docs/architecture.md), checked by `npm run check:layers`.
// domain ← everything; workflows → domain + SDK; only worker, gateway and local wire things together.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|packs)/', pathNot: [from, ...allowed].join('|') },
});

module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing',
      comment: 'domain/ is pure: no package, no Node module, no other folder',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'workflows-reach-only-domain-and-sdk',
      comment:
        'together with domain-imports-nothing: nothing else is reachable from a workflow, so nothing else is bundled',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: {
        dependencyTypesNot: ['type-only'],
        pathNot: '^src/(workflows|domain)/|^node_modules/@temporalio/(workflow|common)/',
      },
    },
    only(
      'channels',
      '^src/channels/',
      ['^src/domain/'],
      'a channel knows the domain and its provider, no Temporal',
    ),
    only('adapters', '^src/adapters/', ['^src/domain/'], 'an adapter knows the domain and its driver'),
    only('catalog', '^src/catalog/', ['^src/domain/']),
    only('activities', '^src/activities/', ['^src/(domain|catalog|channels|adapters)/']),
    only('grafana', '^src/grafana/', ['^src/(domain|catalog|adapters)/', '^src/client/reports/']),
    only('gateway', '^src/gateway/', ['^src/(?!workflows/|worker/|local/)']),
    only('config', '^src/config/', ['^src/(domain|catalog)/']),
    only('client', '^src/client/', ['^src/(?!workflows/|grafana/internals)']),
    only(
      'packs',
      '^packs/',
      ['^src/(index\\.ts|catalog/|domain/)'],
      'a bundled pack uses no door an outside pack lacks',
    ),
    only(
      'examples',
      '^examples/',
      ['^src/index\\.ts$'],
      'an example imports `sexton`, as an outside pack does',
    ),
    {
      name: 'packs-are-not-imported',
      comment: 'packs are named in sexton.config.ts and travel as snapshots',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(packs|examples)/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
