/**
 * Who may import whom. `scripts/check.ts` plants one violation of every rule and wants to see it found.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const OURS = '^(shared|edge|cloud|store-agent|hardware|scripts|test)/';
const TESTS = '(\\.test\\.tsx?$|/test/|/testing/)';
const PAGES = '^(edge/app|cloud/dashboard|store-agent/floor)/';

module.exports = {
  forbidden: [
    {
      name: 'shared-stands-alone',
      comment: 'Whatever runs everywhere depends on nothing of ours.',
      severity: 'error',
      from: { path: '^shared/', pathNot: TESTS },
      to: { path: OURS, pathNot: '^shared/' },
    },
    {
      name: 'shared-knows-no-platform',
      comment: 'A Worker, Node and a browser run the same code: no module of one of them.',
      severity: 'error',
      from: { path: '^shared/', pathNot: TESTS },
      to: { path: '^(node:|cloudflare:)|^(fs|path|crypto|buffer|process|stream|http|net|os|util|events)$' },
    },
    {
      name: 'services-stand-apart',
      comment: 'Edge, cloud and store agent meet in shared/rpc, shared/events and shared/feed alone.',
      severity: 'error',
      from: { path: '^(edge|cloud|store-agent)/' },
      to: { path: '^(edge|cloud|store-agent)/', pathNot: '^$1/' },
    },
    {
      name: 'workers-know-no-hardware',
      severity: 'error',
      from: { path: '^(edge|cloud)/' },
      to: { path: '^hardware/' },
    },
    {
      name: 'hardware-knows-shared-alone',
      comment: 'A driver holds no business rule.',
      severity: 'error',
      from: { path: '^hardware/' },
      to: { path: OURS, pathNot: '^(hardware|shared)/' },
    },
    {
      name: 'product-needs-no-scripts',
      comment: 'What is deployed depends on nothing that only builds, starts or tests it.',
      severity: 'error',
      from: { path: '^(shared|edge|cloud|store-agent|hardware)/', pathNot: TESTS },
      to: { path: '^(scripts|test)/' },
    },
    {
      name: 'pages-speak-http',
      comment: 'A page knows its service by what is served, not by its code.',
      severity: 'error',
      from: { path: PAGES },
      to: { path: OURS, pathNot: [PAGES, '^shared/'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: OURS },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: OURS },
      to: { couldNotResolve: true, pathNot: '^cloudflare:' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.build|\\.data)/' },
    // dependency-cruiser does not read this TypeScript; swc does.
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
