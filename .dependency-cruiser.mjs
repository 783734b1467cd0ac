/**
 * Who may import whom, checked by `npm test`. Imports point one way: a folder may import those that stand before it in
 * its list, never one behind it, and no two files or folders import each other in a circle. docs/architecture.md says
 * what each folder is for.
 */

/** Below src/main. */
const layers = [
  'platform',
  'model',
  'contract',
  'metrics',
  'images',
  'store',
  'threads',
  'engine',
  'engine-host',
  'jobs',
  'session',
  'command-line',
  'features',
  'app',
  'shell',
]

/** Below src/main/features. A feature may use those before it. */
const features = [
  'backbones',
  'runs',
  'audit',
  'operators',
  'datasets',
  'layouts',
  'label',
  'removal',
  'import',
  'folders',
  'training',
  'scoring',
  'comparison',
  'thresholds',
  'choosing',
  'learning-curve',
  'report',
  'export',
  'models',
  'review',
  'curation',
  'outputs',
  'delivery',
  'grabbers',
  'intake',
  'live',
  'sample',
  'doctor',
  'workspace',
  'update',
]

/** Below src/main/engine; its protocol and what it asks of TensorFlow stand before them. */
const engineLayers = [
  'graph',
  'networks',
  'data',
  'backbones',
  'scoring',
  'learned',
  'training',
  'systems',
  'tasks',
]

/** Below src/renderer. */
const windowLayers = ['i18n', 'heatmap', 'stage', 'data', 'ui', 'screens', 'frame']

/** @param {string} folder @param {readonly string[]} names */
function oneWay(folder, names) {
  return names.slice(0, -1).map((name, i) => ({
    name: `${folder}/${name}-is-below`,
    comment: `${folder}/${name} may not import what stands behind it in the list.`,
    severity: 'error',
    from: { path: `^${folder}/${name}/` },
    to: { path: `^${folder}/(?:${names.slice(i + 1).join('|')})/` },
  }))
}

const screens = '^src/renderer/screens/([^/]+)/'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circles-of-files', severity: 'error', from: {}, to: { circular: true } },
    ...oneWay('src/main', layers),
    ...oneWay('src/main/features', features),
    ...oneWay('src/main/engine', engineLayers),
    ...oneWay('src/renderer', windowLayers),
    {
      name: 'screens-stand-alone',
      comment: 'What two screens need lies in ui or data.',
      severity: 'error',
      from: { path: screens },
      to: { path: '^src/renderer/screens/', pathNot: '^src/renderer/screens/$1/' },
    },
    {
      name: 'shared-is-below-all',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: '^src/(?:main|renderer|preload)/' },
    },
    {
      name: 'windows-know-main-by-the-contract',
      severity: 'error',
      from: { path: '^src/(?:renderer|preload)/' },
      to: { path: '^src/main/' },
    },
    {
      name: 'main-knows-no-window',
      severity: 'error',
      from: { path: '^src/main/' },
      to: { path: '^src/renderer/' },
    },
    {
      name: 'tensorflow-is-the-engines',
      comment: 'Main never loads TensorFlow, and neither does what main and engine both know.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/engine/' },
      to: { path: 'node_modules/@tensorflow/' },
    },
    {
      name: 'the-engine-knows-no-database',
      severity: 'error',
      from: { path: '^src/main/engine/' },
      to: { path: '^src/main/store/|node_modules/better-sqlite3/' },
    },
    {
      name: 'main-knows-the-engine-by-its-protocol',
      comment: 'The engine is a process of its own; app/engine.ts starts it.',
      severity: 'error',
      from: { path: '^src/main/', pathNot: '^src/main/engine/|^src/main/app/engine' },
      to: { path: '^src/main/engine/', pathNot: '^src/main/engine/protocol' },
    },
    {
      name: 'the-protocol-loads-no-tensorflow',
      severity: 'error',
      from: { path: '^src/main/engine/protocol' },
      to: { path: '^src/main/engine/', pathNot: '^src/main/engine/protocol' },
    },
    {
      name: 'every-package-is-declared',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.vue', '.js', '.mjs', '.json'] },
  },
}
