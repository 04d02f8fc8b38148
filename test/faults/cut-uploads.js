/**
 * Pushes large files through a line that is cut again and again at random places, to servers that nobody here wrote:
 * every file ends in the store with its own bytes, and a cut costs no more than what was on its way.
 *
 *     node test/faults/cut-uploads.js --cuts 200 --store both --seed 20261121
 *
 * Prints one line of figures for each store, and ends with 1 when something does not hold. Needs the servers of
 * `test/servers/install.sh`, and says so where there are none.
 */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadTypeScript } from './harness/load-typescript.js'
import { git, MLV, VARIABLES } from './harness/victim-world.js'

const MIB = 1024 * 1024
/** What a push sends besides files: requests, their heads, and the ends of connections. */
const TALK_BYTES = 64 * 1024
/** One push after the other, each of which may give up. */
const MOST_PUSHES = 400

/**
 * `unitBytes` is what one cut may cost: a part of a bucket's uploads, a whole file for Git LFS, which knows no parts.
 * One of `survives` connections lives long enough for a unit.
 */
const STORES = {
  s3: { server: 's3', files: 1, sizeBytes: 40 * MIB, unitBytes: 8 * MIB, survives: 3 },
  lfs: { server: 'lfs', files: 16, sizeBytes: 300_000, unitBytes: 300_000, survives: 1.5 },
}

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '200' },
    store: { type: 'string', default: 'both' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const cuts = Number(values.cuts)
const { hasServer, makeBucket, S3_USER, startServer } = await loadTypeScript('test/support/servers.ts')
const { startCuttingProxy } = await loadTypeScript('test/support/cutting-proxy.ts')
Object.assign(VARIABLES, S3_USER)

console.log(`seed ${values.seed}`)
// So that the servers end too.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
let problems = 0
for (const name of values.store === 'both' ? Object.keys(STORES) : [values.store]) problems += await tryStore(name)
process.exitCode = problems === 0 ? 0 : 1

async function tryStore(name) {
  const store = STORES[name]
  if (!hasServer(store.server, 'cut-uploads.js')) return 0
  const server = await startServer(store.server)
  const random = randomFrom(Number(values.seed))
  const line = { isCut: false }
  const proxy = await startCuttingProxy(server.port, {
    nextCut: (count) => {
      if (!line.isCut || count >= cuts) return undefined
      const reach = random() * store.unitBytes
      return Math.ceil(random() * store.survives < 1 ? store.unitBytes + TALK_BYTES / 4 + reach : reach)
    },
  })
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-cuts-')))
  const folder = await makeTeam(root, name, { server, proxy })
  line.isCut = true
  const startMs = performance.now()
  const sent = { digests: [], bytes: 0, pushes: 0, rounds: 0 }
  while (proxy.cuts() < cuts && sent.pushes < MOST_PUSHES) await sendOne(folder, store, { proxy, sent })
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0)
  const again = proxy.sentBytes() - sent.bytes
  const found = lookAt(server.folder, store, { sent, again, cut: proxy.cuts(), folder })
  console.log(
    [
      `${name}: ${proxy.cuts()} cuts in ${sent.pushes} pushes of ${sent.digests.length} files, ${mb(sent.bytes)}`,
      `${mb(again)} sent again, ${(again / store.unitBytes / proxy.cuts()).toFixed(2)} units a cut`,
      `${seconds} s`,
      `${found.length} problems`,
    ].join('; '),
  )
  for (const problem of found) console.log(`problem in ${root}: ${problem}`)
  await proxy.close()
  await server.close()
  if (found.length === 0) rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  return found.length
}

/** A clone whose large files go through the proxy, and whose branch does not. */
async function makeTeam(root, name, { server, proxy }) {
  const [bare, folder] = [join(root, 'team.git'), join(root, 'clone')]
  git('/', 'init', '--quiet', '--bare', '--initial-branch=main', bare)
  git('/', 'init', '--quiet', '--initial-branch=main', folder)
  writeFileSync(join(folder, '.gitignore'), 'model/\n')
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message=Start')
  git(folder, 'remote', 'add', 'origin', bare)
  git(folder, 'push', '--quiet', 'origin', 'main')
  if (name === 's3') await makeBucket(server.origin, 'models')
  else git(folder, 'config', 'lfs.url', `${proxy.origin}/team/churn.git/info/lfs`)
  await need(folder, ['init', ...(name === 's3' ? ['--store', `s3://models/churn?endpoint=${proxy.origin}`] : [])])
  await need(folder, ['push'])
  return folder
}

/** Records a model nobody has, and pushes it until it is there. */
async function sendOne(folder, { files, sizeBytes }, { proxy, sent }) {
  mkdirSync(join(folder, 'model'), { recursive: true })
  for (let index = 0; index < files; index += 1) {
    const bytes = randomBytes(sizeBytes)
    writeFileSync(join(folder, 'model', `weights-${index}.bin`), bytes)
    sent.digests.push(createHash('sha256').update(bytes).digest('hex'))
    sent.bytes += sizeBytes
  }
  await need(folder, ['commit', '-m', `round ${(sent.rounds += 1)}`, '--model', 'churn=model'])
  for (;;) {
    sent.pushes += 1
    const before = proxy.cuts()
    const { status, stderr } = await mlv(folder, ['push'])
    if (status === 0) return
    if (sent.pushes >= MOST_PUSHES) throw new Error(`${MOST_PUSHES} pushes were not enough: ${stderr}`)
    if (proxy.cuts() === before) throw new Error(`a push that nobody cut ended with ${status}: ${stderr}`)
  }
}

/** What the server has on its own disk is the judge. */
function lookAt(kept, { unitBytes }, { sent, again, cut, folder }) {
  const names = readdirSync(kept, { recursive: true, encoding: 'utf8' }).map((name) => join(kept, name))
  const byName = new Map(names.filter((name) => statSync(name).isFile()).map((name) => [basename(name), name]))
  const wrong = sent.digests.filter((digest) => {
    const path = byName.get(digest)
    return path === undefined || createHash('sha256').update(readFileSync(path)).digest('hex') !== digest
  })
  const allowed = cut * (unitBytes + TALK_BYTES) + sent.pushes * TALK_BYTES * 4
  const waiting = git(folder, 'rev-list', '--count', 'origin/mlv..mlv')
  return [
    ...(cut >= cuts ? [] : [`${cuts} cuts were wanted, ${cut} came`]),
    ...(wrong.length === 0 ? [] : [`${wrong.length} files are not whole in the store, first ${wrong[0]}`]),
    ...(again <= allowed ? [] : [`${mb(again)} were sent again for ${cut} cuts, more than one part a cut`]),
    ...(waiting === '0' ? [] : [`${waiting} operations were not pushed`]),
  ]
}

async function need(folder, args) {
  const { status, stderr } = await mlv(folder, args)
  if (status !== 0) throw new Error(`mlv ${args.join(' ')} ended with ${status}: ${stderr}`)
}

/** The proxy is in this process, so nothing waits for a command without letting it work. */
function mlv(folder, args) {
  const child = spawn(process.execPath, [MLV, ...args], {
    cwd: folder,
    env: VARIABLES,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => void (stderr += chunk))
  return new Promise((done) => child.once('close', (status) => done({ status, stderr })))
}

/** Numbers from 0 to 1 from a seed (mulberry32). */
function randomFrom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
