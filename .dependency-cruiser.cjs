'use strict';
// Makes rules of the tables in tools/layers.ts. test/tooling/layers.test.ts plants an offender for every rule.
const { LAYERS, PACKAGE_HOMES, PURE_BUILTINS, PURE_LAYERS, PURE_PACKAGES } = require('./tools/layers.ts');

const TEST = '\\.test\\.tsx?$';
const TEST_CODE = [TEST, '^src/testkit/'];
const oneOf = (names) => `(${names.join('|').replaceAll('.', '\\.')})`;

const layerRules = Object.entries(LAYERS).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import ${['itself', ...allowed].join(', ')}.`,
  from: { path: `^src/${layer}/`, pathNot: TEST },
  to: { path: '^src/', pathNot: `^src/${oneOf([layer, 'testkit', ...allowed])}/` },
}));

const packageRules = Object.entries(PACKAGE_HOMES).map(([name, homes]) => ({
  name: `package-${name}`,
  comment: `${name} is at home in ${homes.join(', ')}; others use what that folder offers.`,
  from: { path: '^src/', pathNot: [...homes.map((home) => `^${home}`), ...TEST_CODE] },
  to: { path: `node_modules/${oneOf([name])}/` },
}));

const structureRules = [
  {
    name: 'no-cycles',
    comment: 'Move what both need into a file of its own.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'engine-parts-meet-in-engine',
    comment: 'Parts of the engine know nothing of each other; engine.ts connects them.',
    from: { path: '^src/engine/([^/]+)/', pathNot: TEST },
    to: { path: '^src/engine/([^/]+/|engine\\.ts$)', pathNot: '^src/engine/$1/' },
  },
  {
    name: 'only-risk-approves',
    comment: 'markRiskApproved is called in src/engine/risk alone; everybody else may name the type.',
    from: { path: '^src/', pathNot: ['^src/engine/risk/', ...TEST_CODE] },
    to: { path: '^src/domain/risk-approval\\.ts$', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'adapter-kinds-apart',
    comment: 'Adapters of different ports know nothing of each other.',
    from: { path: '^src/adapters/([^/]+)/', pathNot: TEST },
    to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
  },
  {
    name: 'adapters-share-in-shared',
    comment: 'What two adapters of one port need lies in the shared/ beside them.',
    from: { path: '^src/adapters/([^/]+)/([^/]+)/', pathNot: TEST },
    to: { path: '^src/adapters/$1/', pathNot: '^src/adapters/$1/($2|shared)/' },
  },
  {
    name: 'frontends-apart',
    comment: 'Frontends know EngineHandle, not each other; what several of them need lies in shared/.',
    from: { path: '^src/frontends/([^/]+)/', pathNot: TEST },
    to: { path: '^src/frontends/', pathNot: '^src/frontends/($1|shared)/' },
  },
  {
    name: 'testkit-for-tests',
    comment: 'The testkit never ships.',
    from: { path: '^src/', pathNot: TEST_CODE },
    to: { path: '^src/testkit/' },
  },
  {
    name: 'tests-are-ends',
    comment: 'Nothing imports a test; shared parts of tests live in src/testkit.',
    from: {},
    to: { path: TEST },
  },
  {
    name: 'src-stands-alone',
    comment: 'src/ imports itself and packages; what lies beside it is read through src/modes/assets.ts.',
    from: { path: '^src/', pathNot: TEST_CODE },
    to: { dependencyTypes: ['local'], pathNot: '^src/' },
  },
];

const outsideRules = [
  {
    name: 'pure-layers-without-io',
    comment: `Of Node's modules only ${PURE_BUILTINS.join(', ')}; the rest comes through ports.`,
    from: { path: `^src/${oneOf(PURE_LAYERS)}/`, pathNot: TEST },
    to: { dependencyTypes: ['core'], pathNot: `^(node:)?${oneOf(PURE_BUILTINS)}$` },
  },
  {
    name: 'package-without-home',
    comment: 'Give the package its folder in PACKAGE_HOMES of tools/layers.ts.',
    from: { path: '^src/', pathNot: TEST_CODE },
    to: {
      dependencyTypes: ['npm'],
      pathNot: `node_modules/${oneOf([...PURE_PACKAGES, ...Object.keys(PACKAGE_HOMES)])}/`,
    },
  },
  {
    name: 'no-dev-packages',
    comment: 'Development packages are not there where the program runs.',
    from: { path: '^src/', pathNot: TEST_CODE },
    to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
  },
  {
    name: 'no-unknown-imports',
    comment: 'The import leads nowhere, or to a package that package.json does not list.',
    from: {},
    to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
  },
];

const forbidden = [...layerRules, ...packageRules, ...structureRules, ...outsideRules];

module.exports = {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  required: [
    {
      name: 'unlisted-folder',
      severity: 'error',
      comment:
        'Every folder of src/ is a layer: add it to LAYERS in tools/layers.ts and to the table in ARCHITECTURE.md.',
      module: { path: '^src/', pathNot: `^src/${oneOf(Object.keys(LAYERS))}/` },
      to: { path: '^never$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
