/**
 * The language of git-fast-import(1): ref updates as the bytes it reads. Pure; nothing here touches a disk.
 *
 * Paths are always quoted and data always counted, so no name or content can be read as a command.
 */
import { refuse } from '../../domain/failure.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { formatSignature } from './commit-object.ts'
import type { EntryKind, RefUpdate, Signatures, TreeEdit } from './engine.ts'
import { entryNameProblem } from './tree-object.ts'

/** As fast-import writes them: a folder has six digits there. */
const MODES: { readonly [Kind in EntryKind]: string } = {
  file: '100644',
  executable: '100755',
  symlink: '120000',
  tree: '040000',
  gitlink: '160000',
}

/** Writes one commit on `branch`, a new ref, and asks for its name: one line of output. */
export function* commitCommands(
  branch: RefName,
  update: RefUpdate,
  context: { readonly mark: number; readonly signatures: Signatures },
): Generator<Uint8Array> {
  const { author, committer } = context.signatures
  const from = update.base ?? update.expected
  yield text(
    `commit ${branch}\nmark :${context.mark}\n` +
      `author ${formatSignature(author)}\ncommitter ${formatSignature(committer)}\n`,
  )
  yield* data(Buffer.from(update.message, 'utf8'))
  const parents = update.alsoParents.map((parent) => `merge ${parent}\n`).join('')
  yield text(`${from === undefined ? '' : `from ${from}\n`}${parents}`)
  for (const edit of update.edits) yield* editCommands(edit)
  yield text('\n')
}

/** A blob that nothing leads to. A pack that holds it has a name no other pack ever had. */
export function* strayBlobCommands(content: string): Generator<Uint8Array> {
  yield text('blob\n')
  yield* data(Buffer.from(content, 'utf8'))
}

/** Has everything so far written to a pack and its refs, then the name of each mark told. */
export function checkpointCommands(marks: number): Uint8Array {
  const asks = Array.from({ length: marks }, (_, index) => `get-mark :${index + 1}\n`)
  return text(`checkpoint\n${asks.join('')}`)
}

function* editCommands(edit: TreeEdit): Generator<Uint8Array> {
  switch (edit.kind) {
    case 'put':
      yield text(`M 100644 inline ${quotePath(edit.path)}\n`)
      yield* data(edit.bytes)
      return
    case 'copy':
      yield text(`C ${quotePath(edit.from)} ${quotePath(edit.to)}\n`)
      return
    case 'link':
      yield text(`M ${MODES[edit.entry.kind]} ${edit.entry.oid} ${quotePath(edit.path)}\n`)
      return
    case 'remove':
      yield text(`D ${quotePath(edit.path)}\n`)
      return
  }
}

function* data(bytes: Uint8Array): Generator<Uint8Array> {
  yield text(`data ${bytes.length}\n`)
  yield bytes
  yield text('\n')
}

/** Quotes as C does. @throws `tree-invalid`, because old gits import names they would refuse to check out */
function quotePath(path: TreePath): string {
  for (const component of path.split('/')) {
    const problem = entryNameProblem(component)
    if (problem !== undefined) throw refuse('tree-invalid', { tree: path, problem })
  }
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

function text(content: string): Uint8Array {
  return Buffer.from(content, 'utf8')
}
