/**
 * A folder that everyone reaches: what mlv takes to push to it and to pull from it, beside DVC and beside `cp`, which
 * neither digests nor syncs.
 */
import { join } from 'node:path'
import { atMost, NO_TARGET } from '../harness/row.js'
import { shareRows } from '../harness/share-rows.js'
import { sharedContents } from '../harness/shared-content.js'
import { copySharer, dvcSharer, mlvSharer } from '../harness/sharers.js'

export const name = 'share-folder'

/** @returns {Promise<readonly import('../harness/row.js').Row[]>} */
export async function run(/** @type {import('../harness/bench.js').Bench} */ bench) {
  const rows = []
  for (const content of sharedContents(bench)) {
    const folder = join(bench.folder, 'folder', String(rows.length))
    const [ours, theirs, copied] = ['mlv', 'dvc', 'cp'].map((each) => join(folder, 'stores', each))
    const { python, dvc } = bench.peers
    const makeMlv = () =>
      mlvSharer({ folder: join(folder, 'mlv'), kept: [join(ours, 'objects')], init: ['--store', `dir:${ours}`] })
    const makeDvc = () => dvcSharer({ folder: join(folder, 'dvc'), kept: [theirs], python, url: theirs })
    const makeCopy = () => {
      const copy = (/** @type {string} */ from, /** @type {string} */ to) => ({ argv: ['cp', '-r', from, to] })
      const store = join(copied, 'content')
      return copySharer({
        folder: join(folder, 'cp'),
        kept: [copied],
        name: 'cp -r',
        push: (from) => copy(from, store),
        pull: (to) => copy(store, to),
      })
    }
    const peers = [
      { name: 'DVC', target: atMost(1), ...(dvc.kind === 'found' ? { make: makeDvc } : { why: dvc.why }) },
      { name: 'cp -r', target: NO_TARGET, make: makeCopy },
    ]
    rows.push(...(await shareRows(bench, { store: 'a folder', contents: [content] }, makeMlv, peers)))
  }
  return rows
}
