/**
 * Merges the folder of a run. A run is immutable, so all there is to merge are its notes; two records of one run, which
 * only copied journals can make, are both kept.
 */
import { compareText } from '../../base/order.ts'
import { NOTES_SHAPE } from '../../domain/merge-unit.ts'
import type { RunId } from '../../domain/run.ts'
import { treePath } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { TreeEntry } from '../git/engine.ts'
import { entriesByName, folderOid, isSameEntry } from './changed-units.ts'
import type { ChangedUnit } from './changed-units.ts'
import { mergeDocument, readMap } from './merge-document.ts'
import type { MergeGround } from './merge-ground.ts'
import { contentOfEntry, isSameContent } from './tree-draft.ts'

const NOTES = 'notes.yaml'
/** Records that lost to another one of the same run, each in a folder of its own. */
const ALTERNATES = 'alternates'

/** Merges what one side did to the folder of a run. */
export async function mergeRun(ground: MergeGround, { path, before, after }: ChangedUnit, run: RunId): Promise<void> {
  if (after === undefined) return ground.tell({ kind: 'record-kept', path })
  if ((await ground.own.at(path)) === undefined) return ground.own.link(path, after)
  const [was, ours] = [
    await entriesByName(ground.reader, folderOid(before)),
    await entriesByName(ground.reader, after.oid),
  ]
  const changed = [...new Set([...was.keys(), ...ours.keys()])].filter(
    (name) => !isSameEntry(was.get(name), ours.get(name)),
  )
  const conflicts: string[] = []
  for (const name of changed) {
    const change = { before: was.get(name), after: ours.get(name) }
    const child = treePath(path, name)
    if (name === NOTES) await mergeDocument(ground, child, change, NOTES_SHAPE)
    else if (!(await joins(ground, child, change.after))) conflicts.push(name)
  }
  if (conflicts.length === 0) return
  if (before !== undefined) return ground.tell({ kind: 'record-kept', path })
  await keepApart(ground, { path, run, after })
}

/** Adds what is not there yet; false when something else is. */
async function joins(ground: MergeGround, path: TreePath, entry: TreeEntry | undefined): Promise<boolean> {
  if (entry === undefined) return false
  const theirs = await ground.own.at(path)
  if (theirs === undefined) await ground.own.link(path, entry)
  return theirs === undefined || (await isSameContent(ground.reader, theirs, contentOfEntry(entry)))
}

async function keepApart(
  ground: MergeGround,
  { path, run, after }: { readonly path: TreePath; readonly run: RunId; readonly after: TreeEntry },
): Promise<void> {
  const theirs = await ground.own.at(path)
  const isSwapped = ground.published === 'both' && (await isBetter(ground, path, after))
  const loser = isSwapped && theirs?.kind === 'object' ? theirs.entry : after
  const savedAs = treePath(path, `${ALTERNATES}/${loser.oid.slice(0, 8)}`)
  if (isSwapped) await ground.own.link(path, after)
  if ((await ground.own.at(savedAs)) === undefined) await ground.own.link(savedAs, loser)
  ground.tell({ kind: 'run-apart', run, savedAs })
}

/** A finished record is better than one of a killed run; of two alike the one with the smaller name. */
async function isBetter(ground: MergeGround, path: TreePath, ours: TreeEntry): Promise<boolean> {
  const theirs = await ground.own.at(path)
  if (theirs?.kind !== 'object') return false
  const own = (await entriesByName(ground.reader, ours.oid)).get('run.yaml')
  const ourStatus = own === undefined ? undefined : readMap(await ground.reader.readBlob(own.oid))?.get('status')
  const theirStatus = readMap(await ground.own.bytesAt(treePath(path, 'run.yaml')))?.get('status')
  if (ourStatus !== theirStatus && (ourStatus === 'finished' || theirStatus === 'finished')) {
    return ourStatus === 'finished'
  }
  return compareText(ours.oid, theirs.entry.oid) < 0
}
