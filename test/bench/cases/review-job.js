/**
 * The job of a pull request in a repository of 10,000 runs, from nothing: a clone of one commit of the code, then
 * `mlv pr comment`, which fetches the records, compares and posts. Against the same clone and a bare `git fetch` of the
 * records, which any tool would need. The forge is on loopback and forgets.
 */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { makeManyRuns, manyRuns } from '../harness/many-runs.js'
import { memoryRow } from '../harness/memory-row.js'
import { output } from '../harness/process.js'
import { commitAll, git, mlv } from '../harness/repository.js'
import { atMost, comparison } from '../harness/row.js'
import { sideBySide } from '../harness/side-by-side.js'

export const name = 'review-job'

const REPEATS = 3

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {import('../harness/bench.js').Bench} */ bench) {
  const { folder } = await makeManyRuns(bench)
  const bare = join(bench.folder, 'bare.git')
  output({ argv: ['git', 'clone', '--quiet', '--bare', '--no-local', folder, bare] })
  const head = pushChange(bench, bare)
  const server = await startForge(head)
  try {
    return await measure(bench, { bare, head, forge: `http://127.0.0.1:${server.address().port}` })
  } finally {
    server.close()
  }
}

async function measure(/** @type {import('../harness/bench.js').Bench} */ bench, { bare, head, forge }) {
  const event = join(bench.folder, 'event.json')
  const base = git(bare, 'rev-parse', 'main')
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7, base: { sha: base }, head: { sha: head } } }))
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: forge,
    GITHUB_REPOSITORY: 'team/models',
    GITHUB_EVENT_PATH: event,
    GITHUB_TOKEN: 'token',
  }
  const [ours, theirs] = ['by-mlv', 'by-git'].map((each) => join(bench.folder, each))
  const clone = (/** @type {string} */ into) => {
    const from = ['--depth=1', '--single-branch', '--branch=wider', `file://${bare}`]
    return { argv: ['git', 'clone', '--quiet', ...from, into] }
  }
  const prepare = (/** @type {string} */ into) => () => rmSync(into, { recursive: true, force: true })
  const fetchRecords = ['git', 'fetch', '--quiet', '--depth=1', 'origin', 'refs/heads/mlv:refs/remotes/origin/mlv']
  const measured = await sideBySide(
    bench,
    [
      {
        name: 'mlv',
        prepare: prepare(ours),
        commands: () => [clone(ours), { ...mlv(ours, 'pr', 'comment'), env }],
        check: () => git(ours, 'cat-file', '-e', 'refs/remotes/origin/mlv'),
      },
      {
        name: 'git fetch',
        prepare: prepare(theirs),
        commands: () => [clone(theirs), { argv: fetchRecords, cwd: theirs }],
      },
    ],
    bench.turns(3),
  )
  const work = `review a change among ${manyRuns(bench)} runs`
  const [own, stock] = ['mlv', 'git fetch'].map((each) => measured.get(each))
  const peer = 'git fetch --depth=1'
  const bytes = { unit: 'bytes', mlv: packedBytes(ours), peer, peerValue: packedBytes(theirs) }
  return [
    comparison(work, { unit: 'ms', mlv: own.ms, peer, peerValue: stock.ms }, atMost(5)),
    comparison(`${work}, fetched`, bytes, atMost(1.1)),
    memoryRow(work, own, peer, stock),
  ]
}

/** A branch with a change that ran a few times. Returns its commit. */
function pushChange(/** @type {import('../harness/bench.js').Bench} */ bench, /** @type {string} */ bare) {
  const author = join(bench.folder, 'author')
  output({ argv: ['git', 'clone', '--quiet', bare, author] })
  git(author, 'config', 'user.name', 'Ada')
  git(author, 'config', 'user.email', 'ada@example.com')
  git(author, 'switch', '--quiet', '--create', 'wider')
  writeFileSync(join(author, 'train.py'), 'epochs = 21\n')
  commitAll(author, 'Wider')
  for (let seed = 0; seed < REPEATS; seed += 1) {
    output(mlv(author, 'commit', '--param', `seed=${seed}`, '--metric', `m00=0.${seed}`))
  }
  git(author, 'push', '--quiet', 'origin', 'wider')
  output(mlv(author, 'push'))
  return git(author, 'rev-parse', 'HEAD')
}

/** Knows one pull request, has no comments, and takes every one. */
function startForge(/** @type {string} */ head) {
  const server = createServer((request, response) => {
    request.resume()
    const isList = request.method === 'GET' && /comments/.test(request.url ?? '')
    const comment = { id: 1, user: { login: 'github-actions[bot]' }, body: '' }
    const document = isList ? [] : request.method === 'GET' ? { number: 7, head: { sha: head } } : comment
    response.writeHead(request.url === '/user' ? 403 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

function packedBytes(/** @type {string} */ folder) {
  const packs = join(folder, '.git', 'objects', 'pack')
  return readdirSync(packs).reduce((total, file) => total + statSync(join(packs, file)).size, 0)
}
