// Builds dist/: the command as one file with V8's compiled form beside it, the library, and the hashing worker.
import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const common = { bundle: true, platform: 'node', target: 'node20', write: false, logLevel: 'warning' }

// Packages that few commands need are files of their own, opened by the first that asks.
const apart = {
  'isomorphic-git': 'isomorphic-git.cjs',
  'fast-glob': 'fast-glob.cjs',
  'ajv/dist/2020.js': 'ajv.cjs',
  undici: 'undici.cjs',
  '@aws-sdk/client-s3': 'aws-s3.cjs',
  '@bokuweb/zstd-wasm': 'zstd.cjs',
  'csv-parse/sync': 'csv-parse.cjs',
  'node-sqlite3-wasm': 'sqlite.cjs',
  'hyparquet-writer': 'parquet.cjs',
}
const packagesApart = {
  name: 'packages-apart',
  setup(bundler) {
    bundler.onResolve(
      {
        filter:
          /^(?:isomorphic-git|fast-glob|ajv\/dist\/2020\.js|undici|@aws-sdk\/client-s3|@bokuweb\/zstd-wasm|csv-parse\/sync|node-sqlite3-wasm|hyparquet-writer)$/,
      },
      ({ path }) => ({
        path: `./${apart[path]}`,
        external: true,
      }),
    )
  },
}
const packages = await build({
  ...common,
  entryPoints: Object.fromEntries(Object.entries(apart).map(([name, file]) => [file.replace('.cjs', ''), name])),
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  // Which Node the SDK will need one day is for those who update it to know, not for a terminal.
  define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
})

// One file: a verb is not run until it is typed, and reading forty files costs more than skipping unused code in one.
const program = await build({
  ...common,
  entryPoints: ['cli/main.ts'],
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  define: { 'import.meta.url': 'moduleUrl' },
  plugins: [packagesApart],
  // A script that V8 compiled beforehand has no module loader of its own: `import()` becomes `require`.
  supported: { 'dynamic-import': false },
})
// The launcher reads ASCII, which takes a third of the time that UTF-8 does.
const programText = asciiOf(`(function (require, moduleUrl) {${program.outputFiles[0].text.replace(/^#!.*\n/, '')}\n})`)
const programName = `mlv-${createHash('sha256').update(programText).digest('hex').slice(0, 12)}.cjs`

const launcher = await build({
  ...common,
  entryPoints: ['cli/launcher.ts'],
  format: 'cjs',
  define: { BUNDLE_NAME: JSON.stringify(programName) },
})
const library = await build({
  ...common,
  entryPoints: {
    index: 'src/index.ts',
    'hash-worker': 'src/store/artifacts/hash-worker.ts',
    'survey-worker': 'src/store/data/survey-worker.ts',
    'sql-worker': 'src/store/catalog/sql-worker.ts',
    'index-worker': 'src/store/catalog/index-worker.ts',
  },
  outdir: 'dist',
  format: 'esm',
  legalComments: 'linked',
  // Twenty times the size of the rest, and asked for by those alone who keep artifacts in a bucket; the other has its
  // WebAssembly beside it.
  external: ['@aws-sdk/client-s3', '@bokuweb/zstd-wasm', 'node-sqlite3-wasm'],
  // CommonJS packages inside the bundle still ask for node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})

// The pages of `mlv ui`: one script and one style sheet, for browsers of the last two years.
const pages = await build({
  bundle: true,
  write: false,
  logLevel: 'warning',
  banner: { js: '/* With preact, @preact/signals and uPlot, each under the MIT licence. */' },
  entryPoints: [
    { in: 'src/ui/main.tsx', out: 'app' },
    { in: 'src/ui/app.css', out: 'app' },
  ],
  outdir: 'dist/ui',
  format: 'iife',
  platform: 'browser',
  target: ['chrome120', 'firefox121', 'safari17.4'],
  tsconfig: 'src/ui/tsconfig.json',
  minify: true,
  legalComments: 'linked',
})

// What answers the pages of `mlv site` in a browser, instead of a server.
const site = await build({
  bundle: true,
  write: false,
  logLevel: 'warning',
  entryPoints: [{ in: 'src/site/main.ts', out: 'site' }],
  outdir: 'dist/ui',
  format: 'iife',
  platform: 'browser',
  target: ['chrome120', 'firefox121', 'safari17.4'],
  minify: true,
})

mkdirSync('dist/ui', { recursive: true })
replace(programName, programText)
for (const file of [...packages.outputFiles, ...library.outputFiles, ...pages.outputFiles, ...site.outputFiles])
  replace(file.path.slice(resolve('dist').length + 1), file.text)
// What is in zstd.cjs looks for it beside itself.
copyFileSync(
  createRequire(import.meta.url)
    .resolve('@bokuweb/zstd-wasm')
    .replace(/[^/\\]*$/, 'zstd.wasm'),
  'dist/zstd.wasm',
)
// And so does what is in sqlite.cjs.
copyFileSync(
  createRequire(import.meta.url)
    .resolve('node-sqlite3-wasm')
    .replace(/\.js$/, '.wasm'),
  'dist/node-sqlite3-wasm.wasm',
)
copyFileSync('src/ui/index.html', 'dist/ui/index.html')
replace('mlv.cjs', launcher.outputFiles[0].text, 0o755)
compile()
for (const name of readdirSync('dist')) {
  if (/^mlv-[0-9a-f]{12}\.cjs/.test(name) && !name.startsWith(programName)) rmSync(join('dist', name))
}

/** Replaces a file whole, so that a command started meanwhile finds the old build or the new one. */
function replace(name, text, mode = 0o644) {
  const path = join('dist', name)
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}

/** Writes what is not ASCII as escapes: the bundler does so in strings, but not in patterns and templates. */
function asciiOf(text) {
  return text.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Runs the main commands once where nobody looks, so that their functions are in the compiled form. */
function compile() {
  const folder = mkdtempSync(join(tmpdir(), 'mlv-build-'))
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'mlv',
    GIT_AUTHOR_EMAIL: 'mlv@localhost',
    GIT_COMMITTER_NAME: 'mlv',
    GIT_COMMITTER_EMAIL: 'mlv@localhost',
    MLV_WRITE_COMPILED: '1',
  }
  const mlv = (...args) =>
    execFileSync(process.execPath, [resolve('dist/mlv.cjs'), ...args], { cwd: folder, env, stdio: 'pipe' })
  try {
    execFileSync('git', ['init', '--quiet'], { cwd: folder, env })
    writeFileSync(join(folder, 'mlv.yaml'), 'params: [params.yaml]\nmetrics: [metrics.json]\nseries: [history.jsonl]\n')
    writeFileSync(join(folder, 'params.yaml'), 'lr: 0.1\nmodel: { layers: 3 }\n')
    writeFileSync(join(folder, 'metrics.json'), '{"auc": 0.9}\n')
    const points = Array.from({ length: 1000 }, (_, step) => `{"step":${step},"loss":${1 / (step + 3)}}\n`)
    writeFileSync(join(folder, 'history.jsonl'), points.join(''))
    writeFileSync(join(folder, 'model.bin'), Buffer.alloc(20_000))
    execFileSync('git', ['add', 'params.yaml', 'mlv.yaml'], { cwd: folder, env })
    execFileSync('git', ['commit', '--quiet', '--message=code'], { cwd: folder, env })
    mlv('init')
    mlv('commit', '--model', 'm=model.bin')
    writeFileSync(join(folder, 'model.bin'), Buffer.alloc(10_000_000))
    mlv('commit', '--model', 'm=model.bin', '--param', 'lr=0.2', '--metric', 'auc=0.8', '-m', 'again')
    mlv('promote', 'm@v1', 'production')
    mlv('ls', '--filter', 'metric.auc > 0.5')
    mlv('checkout', 'm@production')
    mlv('diff', 'm@v1', 'm@v2')
  } catch (error) {
    console.warn(`the compiled form is left out, so commands start slower: ${error.message.split('\n')[0]}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
