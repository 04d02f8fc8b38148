/**
 * Makes a repository of very many runs at once: `node test/bench/make-branch.js FOLDER COUNT [SEED]`. One run is recorded
 * by mlv; the others are its record with other ids, parameters and metrics, and `git fast-import` writes them. A minute
 * lies between two runs. For what reads the branch; what writes it is measured with `make-runs.js`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomNumbers } from './harness/random.js'
import { git, makeMlvRepository, mlv } from './harness/repository.js'
import { randomRecord } from './harness/run-files.js'
import { output } from './harness/process.js'

const [folder, countText, seed = '1'] = process.argv.slice(2)
const count = Number(countText)
if (folder === undefined || !(count > 0)) {
  process.stderr.write('usage: node test/bench/make-branch.js FOLDER COUNT [SEED]\n')
  process.exit(2)
}
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const RUNS_A_COMMIT = 1000
const MINUTE_MS = 60_000
const random = randomNumbers(Number(seed))

makeMlvRepository(folder, 'experiment: bench\n')
const { parameters, metrics } = randomRecord(random)
const values = (flag, record) => Object.entries(record).flatMap(([key, value]) => [flag, `${key}=${value}`])
output(mlv(folder, 'commit', ...values('--param', parameters), ...values('--metric', metrics)))
const files = git(folder, 'ls-tree', '-r', '--name-only', 'mlv', 'runs').trim().split('\n')
const template = new Map(files.map((path) => [path.split('/')[6], `${git(folder, 'show', `mlv:${path}`).trimEnd()}\n`]))
const record = template.get('run.yaml') ?? ''

const importer = spawn('git', ['fast-import', '--quiet'], { cwd: folder, stdio: ['pipe', 'inherit', 'inherit'] })
const newestMs = Date.now() - MINUTE_MS
for (let first = 0; first < count - 1; first += RUNS_A_COMMIT) {
  const parts = [commitHead(first)]
  for (let index = first; index < Math.min(first + RUNS_A_COMMIT, count - 1); index += 1) parts.push(...runFiles(index))
  if (!importer.stdin.write(parts.join(''))) await once(importer.stdin, 'drain')
}
importer.stdin.end()
await once(importer, 'close')

function commitHead(first) {
  const parent = first === 0 ? 'from refs/heads/mlv^0\n' : ''
  return `commit refs/heads/mlv\ncommitter Ada <ada@example.com> ${Math.floor(newestMs / 1000)} +0000\ndata 5\nruns\n${parent}`
}

function runFiles(index) {
  const atMs = newestMs - (count - index) * MINUTE_MS
  const id = ulidAt(atMs)
  const day = new Date(atMs).toISOString()
  const below = `runs/${day.slice(0, 7)}/${day.slice(8, 10)}/${id[10]}/${id[11]}/${id}`
  const run = record
    .replace(/^id: .*$/m, `id: ${JSON.stringify(id)}`)
    .replace(/^startedAt: .*$/m, `startedAt: ${JSON.stringify(new Date(atMs - 1000).toISOString())}`)
    .replace(/^endedAt: .*$/m, `endedAt: ${JSON.stringify(new Date(atMs).toISOString())}`)
    .replace(/^( {4}last| {2}p\d\d): .*$/gm, (_, key) => `${key}: ${(random() + 1e-6).toFixed(9)}`)
  return [...template].map(([name, text]) => {
    const data = name === 'run.yaml' ? shortest(run) : text
    return `M 100644 inline ${below}/${name}\ndata ${Buffer.byteLength(data)}\n${data}\n`
  })
}

/** A number as mlv writes it: no zeros at its end. */
function shortest(text) {
  return text.replace(/^( +(?:last|p\d\d): 0\.\d*?[1-9])0+$/gm, '$1')
}

function ulidAt(ms) {
  let time = ''
  for (let left = ms; time.length < 10; left = Math.floor(left / 32)) time = ALPHABET[left % 32] + time
  return time + Array.from({ length: 16 }, () => ALPHABET[Math.floor(random() * 32)]).join('')
}
