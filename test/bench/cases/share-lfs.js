/**
 * A Git LFS server: what mlv takes to push to it and to pull from it, beside stock git-lfs.
 */
import { join } from 'node:path'
import { git } from '../harness/repository.js'
import { atMost, notMeasured } from '../harness/row.js'
import { startServer, whyNoServer } from '../harness/servers.js'
import { shareRows } from '../harness/share-rows.js'
import { sharedContents } from '../harness/shared-content.js'
import { gitLfsSharer, mlvSharer } from '../harness/sharers.js'

export const name = 'share-lfs'

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {import('../harness/bench.js').Bench} */ bench) {
  const why = whyNoServer('lfs')
  if (why !== undefined) return [notMeasured('push to a Git LFS server', 'git-lfs', why)]
  const server = await startServer('lfs', join(bench.folder, 'server'))
  try {
    return await measure(bench, server)
  } finally {
    await server.stop()
  }
}

async function measure(
  /** @type {import('../harness/bench.js').Bench} */ bench,
  /** @type {Awaited<ReturnType<typeof startServer>>} */ { origin, folder },
) {
  const rows = []
  for (const content of sharedContents(bench)) {
    const at = (/** @type {string} */ name) => ({
      folder: join(bench.folder, 'lfs', String(rows.length), name),
      kept: [join(folder, 'objects/team', name)],
    })
    const configure = (/** @type {string} */ each) => git(each, 'config', 'lfs.url', `${origin}/team/mlv.git/info/lfs`)
    const makeMlv = () => mlvSharer({ ...at('mlv'), init: ['--store', 'lfs'], configure })
    const { gitLfs } = bench.peers
    const makeLfs = () => gitLfsSharer({ ...at('lfs'), url: `${origin}/team/lfs.git/info/lfs` })
    const found = gitLfs.kind === 'found' ? { make: makeLfs } : { why: gitLfs.why }
    const peers = [{ name: 'git-lfs', target: atMost(1), ...found }]
    rows.push(...(await shareRows(bench, { store: 'a Git LFS server', contents: [content] }, makeMlv, peers)))
  }
  return rows
}
