/**
 * What each folder may import, from the ground up (docs/architecture.md); a folder may always import from itself. Checked by
 * `make test-fast`.
 */
const MAY_IMPORT = {
  core: [],
  schema: ['core'],
  etl: ['schema', 'core'],
  metrics: ['schema', 'core'],
  'sources/landing': ['schema', 'core'],
  'sources/simulator': ['sources/landing', 'schema', 'core'],
  'sources/ground-truth': ['sources/simulator', 'sources/landing', 'schema', 'core'],
  functions: ['sources', 'schema', 'core'],
  lake: ['etl', 'metrics', 'sources', 'schema', 'core'],
  dashboard: ['metrics', 'schema', 'core'],
  server: ['dashboard', 'lake', 'metrics', 'sources', 'schema', 'core'],
  pricing: ['core'],
  stacks: ['dashboard', 'functions', 'sources', 'etl', 'metrics', 'schema', 'core'],
  cli: ['server', 'pricing', 'stacks', 'dashboard', 'lake', 'functions', 'sources', 'etl', 'metrics', 'schema', 'core'],
  'main.ts': ['stacks', 'core'],
};

/** Programs and tests, which nothing of the product imports. */
const BESIDE = ['support', 'scripts', 'bench', '__tests__'];

/** What draws: the page, and that part of each kind of visual. */
const PAGE = '^dashboard/(page/|kinds/[^/]+/(chart|body))';

const only = (folders) => `^(${folders.join('|')})(/|$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Files that import each other can only be understood together: move what both need into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      comment: `${folder} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing of ours'}.`,
      severity: 'error',
      from: { path: only([folder]) },
      to: { path: only([...Object.keys(MAY_IMPORT), ...BESIDE]), pathNot: only([folder, ...allowed]) },
    })),
    {
      name: 'page-imports',
      comment: 'What a browser loads knows nothing of QuickSight.',
      severity: 'error',
      from: { path: PAGE },
      to: { path: '^dashboard/(quicksight/|kinds/[^/]+/quicksight)' },
    },
    {
      name: 'page-is-imported-by-itself',
      comment: 'What draws is for browsers: the server bundles it by its path.',
      severity: 'error',
      from: { path: only(Object.keys(MAY_IMPORT)), pathNot: PAGE },
      to: { path: PAGE },
    },
    {
      name: 'support-imports',
      comment: 'Launchers know nothing of the tests and programs that use them.',
      severity: 'error',
      from: { path: only(['support']) },
      to: { path: only(['__tests__', 'bench', 'scripts']) },
    },
    {
      name: 'programs-import-no-tests',
      severity: 'error',
      from: { path: only(['scripts', 'bench']) },
      to: { path: only(['__tests__']) },
    },
    {
      name: 'every-folder-has-a-rule',
      comment: 'A new folder needs an entry above.',
      severity: 'error',
      from: { pathNot: only([...Object.keys(MAY_IMPORT), ...BESIDE]) },
      to: { path: only(Object.keys(MAY_IMPORT)) },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: only([...Object.keys(MAY_IMPORT), ...BESIDE]),
    tsPreCompilationDeps: true, // types are knowledge too
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
};
