// Walks the main loop on real data: three trainings, recorded, compared, promoted, checked out and rolled back.
//
// Everything happens in a fresh git repository below the system's temporary folder; nothing else is touched.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const mlvProgram = join(root, 'dist', 'mlv.cjs')
const folder = mkdtempSync(join(tmpdir(), 'mlv-quickstart-'))
const environment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  // In a log or a pipe, show what a terminal would.
  ...(process.stdout.isTTY ? {} : { MLV_COLUMNS: '110', NO_COLOR: '1' }),
}
const elapsed = []

say(`A fresh repository: ${folder}\n`)
git('init', '--quiet', '--initial-branch=main')
git('config', 'user.name', 'Ada')
git('config', 'user.email', 'ada@example.com')
for (const name of ['train.js', 'mlv.yaml']) cpSync(join(here, name), join(folder, name))
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
writeFileSync(join(folder, '.gitignore'), 'node_modules\nmodel/\nmetrics.json\nhistory.jsonl\n')
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
const base = {
  seed: 20261120,
  hidden: 16,
  learningRate: 0.1,
  batchSize: 32,
  epochs: 4,
  data: { train: 8000, validation: 2000 },
}
writeParams(base)
git('add', '.')
git('commit', '--quiet', '--message=Train on digits')

chapter('Set up once')
mlv('init')

chapter('Train, record, promote')
train()
mlv('commit', '-m', 'baseline, 16 hidden units')
mlv('promote', 'digits@v1', 'production')

chapter('A better one')
writeParams({ ...base, hidden: 64, learningRate: 0.2, epochs: 8 })
train()
mlv('commit', '-m', 'wider, longer')
mlv('promote', 'digits@v2', 'production', '--reason', 'wider network beats the baseline')

chapter('One that should not have shipped')
writeParams({ ...base, hidden: 64, learningRate: 1.0, epochs: 3 })
train()
mlv('commit', '-m', 'a bolder learning rate')
mlv('promote', 'digits@v3', 'production', '--reason', 'late on a Friday')

chapter('What changed?')
mlv('ls')
mlv('diff', 'digits@v2', 'digits@production')

chapter('Take it back')
mlv('rollback', 'digits', '--reason', 'accuracy fell')
mlv('log', 'digits')

chapter('Get exactly that model, anywhere')
mlv('checkout', 'digits@production', '--to', 'served')
const served = digest(join(folder, 'served', 'model.safetensors'))
const recorded = JSON.parse(capture('show', 'digits@v2', '--json')).files.find(
  (file) => file.path === 'model.safetensors',
)
if (served !== recorded.sha256) throw new Error('the served model is not the recorded one')
say(`sha256 ${served.slice(0, 16)}… is the digest recorded for v2.\n`)

chapter('And plain git reads it all')
plainGit('log', '--oneline', '--first-parent', 'mlv')
plainGit('diff', 'mlv~1', 'mlv')
plainGit('fsck', '--full', '--strict')

const slowest = Math.max(...elapsed)
say(`\nDone. The slowest mlv command took ${slowest} ms.`)
if (process.env.MLV_QUICKSTART_KEEP) say(`The repository is kept at ${folder}`)
else rmSync(folder, { recursive: true, force: true })

function writeParams(params) {
  writeFileSync(join(folder, 'params.json'), `${JSON.stringify(params, null, 2)}\n`)
}

function train() {
  say('$ node train.js')
  const { status } = spawnSync(process.execPath, ['train.js'], { cwd: folder, env: environment, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

function mlv(...args) {
  say(`$ mlv ${args.map(shown).join(' ')}`)
  const started = performance.now()
  const { status } = spawnSync(process.execPath, [mlvProgram, ...args], {
    cwd: folder,
    env: environment,
    stdio: 'inherit',
  })
  elapsed.push(Math.round(performance.now() - started))
  if (status !== 0) process.exit(status ?? 1)
  say('')
}

function capture(...args) {
  return execFileSync(process.execPath, [mlvProgram, ...args], { cwd: folder, env: environment, encoding: 'utf8' })
}

function git(...args) {
  execFileSync('git', args, { cwd: folder, env: environment, stdio: 'inherit' })
}

function plainGit(...args) {
  say(`$ git ${args.map(shown).join(' ')}`)
  git('--no-pager', ...args)
  say('')
}

function digest(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

function shown(argument) {
  return /^[\w@./~=-]+$/.test(argument) ? argument : `'${argument}'`
}

function chapter(title) {
  say(`\n== ${title} ${'='.repeat(Math.max(0, 70 - title.length))}\n`)
}

function say(text) {
  process.stdout.write(`${text}\n`)
}
