/**
 * The layer table: what each folder of code may import. Anything not written here is forbidden.
 */

/** What the code of one layer may import besides itself. */
export interface Layer {
  /** The layer's folder, or its one file. */
  readonly place: string
  /** Places of other layers. */
  readonly layers: readonly string[]
  /** Packages from npm. */
  readonly packages: readonly string[]
  /** Modules of Node, without `node:`. */
  readonly builtins: readonly string[]
}

const BELOW_OPS = ['src/store', 'src/domain', 'src/base']
const DISK_AND_PROCESSES = ['fs', 'fs/promises', 'path', 'os', 'child_process', 'worker_threads', 'crypto', 'zlib']
const STREAMS = [
  'buffer',
  'events',
  'readline',
  'stream',
  'stream/promises',
  'string_decoder',
  'timers/promises',
  'url',
  'util',
]

/** Steps of the ladder of operations, from the top: each may ask those after it. */
const OPS = [
  'src/ops/sweep',
  'src/ops/rerun',
  'src/ops/guard',
  'src/ops/claims',
  'src/ops/models',
  'src/ops/review',
  'src/ops/share',
  'src/ops/read',
  'src/ops/care',
  'src/ops/record',
  'src/ops/revisions',
  'src/ops/artifacts',
  'src/ops/repository',
]

/** From the top to the bottom; a layer names only layers after it. */
export const LAYERS: readonly Layer[] = [
  // Loads the bundle; part of no other file.
  { place: 'cli/launcher.ts', layers: [], packages: [], builtins: ['fs', 'path', 'url', 'vm'] },
  {
    place: 'cli',
    layers: ['src/index.ts', 'src/host.ts', 'src/site', 'src/server', 'src/ops', 'src/domain', 'src/base'],
    packages: ['commander', 'diff'],
    builtins: ['child_process', 'crypto', 'fs', 'fs/promises', 'os', 'path', 'process', 'tty', 'url', 'util'],
  },
  { place: 'src/index.ts', layers: ['src/host.ts', 'src/ops', 'src/domain', 'src/base'], packages: [], builtins: [] },
  { place: 'src/host.ts', layers: ['src/ops'], packages: [], builtins: ['crypto', 'os'] },
  // The pages as files: what gathers and writes them, and what answers them in a browser.
  {
    place: 'src/site',
    layers: ['src/server', 'src/ops', 'src/domain', 'src/base'],
    packages: [],
    builtins: [],
  },
  {
    place: 'src/server',
    layers: ['src/server/wire.ts', 'src/server/wire', 'src/ops', 'src/domain', 'src/base'],
    packages: [],
    builtins: ['http', 'fs', 'path'],
  },
  // The browser half: an island that knows the server by the types of its answers, and shares the reckoning of samples.
  {
    place: 'src/ui',
    layers: ['src/server/wire.ts', 'src/domain/statistics'],
    packages: ['preact', '@preact/signals', 'uplot'],
    builtins: [],
  },
  // What the server and the browser half say to each other: types alone.
  { place: 'src/server/wire.ts', layers: ['src/server/wire'], packages: [], builtins: [] },
  { place: 'src/server/wire', layers: [], packages: [], builtins: [] },
  // What all of it is listed as above; a file of its own belongs to one of the folders.
  { place: 'src/ops', layers: ['src/remote', ...BELOW_OPS], packages: [], builtins: ['path'] },
  ...OPS.map((place, index) => ({
    place,
    layers: [...OPS.slice(index + 1), 'src/remote', ...BELOW_OPS],
    packages: [],
    builtins: ['path'],
  })),
  {
    place: 'src/remote',
    layers: BELOW_OPS,
    packages: ['@aws-sdk/client-s3', '@bokuweb/zstd-wasm', 'undici'],
    builtins: [...DISK_AND_PROCESSES, ...STREAMS, 'dns', 'net'],
  },
  {
    place: 'src/store',
    layers: ['src/domain', 'src/base'],
    packages: [
      'ajv',
      'csv-parse',
      'fast-glob',
      'hyparquet-writer',
      'isomorphic-git',
      'node-sqlite3-wasm',
      'smol-toml',
      'yaml',
    ],
    builtins: [...DISK_AND_PROCESSES, ...STREAMS, 'v8'],
  },
  { place: 'src/domain', layers: ['src/domain/statistics', 'src/base'], packages: ['diff'], builtins: [] },
  // Numbers alone, for domain and browser: it imports nothing.
  { place: 'src/domain/statistics', layers: [], packages: [], builtins: [] },
  { place: 'src/base', layers: [], packages: [], builtins: ['crypto'] },
]

/** The layer a file belongs to, the nearest of those it is in; `undefined` for files outside all layers. */
export function layerOf(path: string): Layer | undefined {
  const places = LAYERS.filter(({ place }) => path === place || path.startsWith(`${place}/`))
  return places.sort((left, right) => right.place.length - left.place.length)[0]
}

/** Whether the code of `layer` may import the code of `target`; who may import a folder may import the layers in it. */
export function mayImport(layer: Layer, target: Layer): boolean {
  return layer.layers.some((place) => target.place === place || target.place.startsWith(`${place}/`))
}
