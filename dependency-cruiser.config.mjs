// Who may import whom: the table of docs/architecture.md, one rule per row.
// Each rule forbids every path of this repository (and, where the row says so, every package) but those listed.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(functions|local|cli|test)/', pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only(
      'domain-is-pure',
      '^functions/domain/',
      ['^functions/domain/'],
      'domain imports domain and pure libraries',
    ),
    {
      name: 'domain-has-no-sdk',
      severity: 'error',
      comment: 'domain decides; it reads no clock, disk, network or environment',
      from: { path: '^functions/(domain|ports|tasks|pages)/' },
      to: {
        path: '(^|/)node_modules/(@aws-sdk|@smithy|@kubernetes|@middy|@aws-lambda-powertools)/|^(node:)?(fs|http|https|net|child_process|process|os)(/|$)',
      },
    },
    only('ports-are-roles', '^functions/ports/', ['^functions/(ports|domain)/'], 'ports import domain types'),
    only(
      'tasks-know-ports',
      '^functions/tasks/',
      ['^functions/(tasks|ports|domain|pages)/'],
      'tasks import domain and ports',
    ),
    only('pages-render', '^functions/pages/', ['^functions/(pages|domain)/'], 'pages import domain types'),
    only(
      'adapters-aws',
      '^functions/adapters/aws/',
      ['^functions/(adapters/aws|ports|domain)/'],
      'an adapter imports ports, domain and its own SDK',
    ),
    only(
      'adapters-kubernetes',
      '^functions/adapters/kubernetes/',
      ['^functions/(adapters/kubernetes|ports|domain)/'],
      'an adapter imports ports, domain and its own SDK',
    ),
    only(
      'adapters-memory',
      '^functions/adapters/memory/',
      ['^functions/(adapters/memory|ports|domain)/'],
      'an adapter imports ports and domain',
    ),
    {
      name: 'adapters-own-sdk',
      severity: 'error',
      comment: 'the Kubernetes client stays in adapters/kubernetes',
      from: { path: '^functions/', pathNot: '^functions/adapters/kubernetes/' },
      to: { path: '(^|/)node_modules/@kubernetes/' },
    },
    only(
      'runtime-is-thin',
      '^functions/runtime/',
      ['^functions/(runtime|ports)/', '^functions/domain/errors\\.ts$'],
      'runtime imports domain/errors, port types, middy and powertools',
    ),
    only(
      'handlers-compose',
      '^functions/handlers/',
      ['^functions/(handlers/parts|runtime|tasks|pages|adapters/aws|adapters/kubernetes|domain)/'],
      'handlers compose runtime, a task and adapters',
    ),
    only(
      'cli-is-a-client',
      '^cli/',
      ['^(cli|functions/domain)/'],
      'the CLI imports domain and its own AWS clients; it starts local/ as a process',
    ),
    only(
      'local-knows-nobody',
      '^local/',
      ['^local/'],
      'the laptop cloud knows only template.yaml, the state machines and built functions',
    ),
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { path: '^(functions|local|cli)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    parser: 'swc',
    enhancedResolveOptions: {
      conditionNames: ['node', 'import', 'require', 'default'],
      exportsFields: ['exports'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
