/**
 * The least that stock git can do for one durable commit: one `git fast-import`, one `git update-ref`, told to sync what
 * mlv tells git to sync (`src/store/git/fast-import.ts`, `ref-transaction.ts`).
 */

const IMPORT = settings(
  'fastimport.unpackLimit=0',
  'core.fsync=objects,pack-metadata',
  'core.fsyncMethod=fsync',
  'core.logAllRefUpdates=false',
)
const MOVE = settings('core.fsync=reference', 'core.fsyncMethod=fsync', 'core.logAllRefUpdates=always')

/** Reads a stream into loose objects, as git does with few of them unless told otherwise. */
export function fastImportLoose(/** @type {string} */ cwd, /** @type {string | Uint8Array} */ input) {
  const synced = settings('core.fsync=loose-object', 'core.fsyncMethod=fsync', 'core.logAllRefUpdates=false')
  return { argv: ['git', ...synced, 'fast-import', '--quiet', '--force', '--done'], cwd, input }
}

/** Reads a stream into a pack. Forced, because a temporary ref may be left of a move that came too late. */
export function fastImport(/** @type {string} */ cwd, /** @type {string | Uint8Array} */ input) {
  return { argv: ['git', ...IMPORT, 'fast-import', '--quiet', '--force', '--done'], cwd, input }
}

/**
 * Moves a ref from where it is expected to be, and removes the temporary one.
 *
 * @param {string} cwd
 * @param {{ readonly ref: string, readonly from: string, readonly to: string, readonly temporary: string }} move
 */
export function moveRef(cwd, { ref, from, to, temporary }) {
  const input = `start\nupdate ${ref} ${to} ${from}\ndelete ${temporary}\nprepare\ncommit\n`
  return { argv: ['git', ...MOVE, 'update-ref', '--create-reflog', '-m', 'bench', '--stdin'], cwd, input }
}

function settings(/** @type {readonly string[]} */ ...names) {
  return names.flatMap((name) => ['-c', name])
}
