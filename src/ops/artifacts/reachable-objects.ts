/**
 * Which artifacts anything of this clone names: every record on every ref that holds mlv's tree, and every journal.
 */
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { objectsOf } from '../../domain/artifact.ts'
import { Failure } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { MODELS_PATH, RUNS_PATH, SETTINGS_PATH } from '../../domain/tree-path.ts'
import { decodeFiles } from '../../store/documents/files-manifest.ts'
import { listJournals, readJournal, requireWhole } from '../../store/journal/journal.ts'
import type { Repository } from '../repository/repository.ts'

/** What names each object: the first record found, as a path with its ref, or a journal. */
export type ObjectReasons = ReadonlyMap<Sha256, string>

const LIST_NAME = '/files.yaml'
/** Told by its depth below `runs` or `models`, so that an artifact of that name is not taken for one. */
const FILE_LIST = /^(?:[^/]+\/){5}files\.yaml$|^[^/]+\/versions\/[^/]+\/files\.yaml$/
/** A branch of a request, here or as it was fetched. */
const REQUEST = /^refs\/(?:heads|remotes\/.+)\/mlv-promote\//
const DIGEST = /[0-9a-f]{64}/g

/**
 * Finds what is named. A record or journal that cannot be read is refused, because it may name anything.
 *
 * @throws `document-malformed`, `journal-damaged`, what reading the branch refuses
 */
export async function reachableObjects(repository: Repository): Promise<ObjectReasons> {
  const reasons = new Map<Sha256, string>()
  const seen = new Set<Oid>()
  const { engine } = repository.context
  for (const { ref } of await engine.listRefs('refs/')) {
    // A tag may name what is no commit.
    const tip = await engine.resolveCommit(`${ref}^{commit}`)
    if (tip === undefined || seen.has(tip)) continue
    seen.add(tip)
    if ((await engine.entryAt(tip, SETTINGS_PATH)) !== undefined)
      await addRecords(repository, { ref, tip }, reasons, seen)
  }
  await addJournals(repository, reasons)
  return reasons
}

async function addRecords(
  { context: { engine } }: Repository,
  { ref, tip }: { readonly ref: RefName; readonly tip: Oid },
  reasons: Map<Sha256, string>,
  seen: Set<Oid>,
): Promise<void> {
  // Models first: that a version needs an object says more than that a run made it.
  for (const folder of [MODELS_PATH, RUNS_PATH]) {
    for (const { path, oid } of await engine.listFiles(tip, folder)) {
      if (!FILE_LIST.test(path) || seen.has(oid)) continue
      seen.add(oid)
      for (const sha256 of digestsIn(await engine.readBlob(oid), path, ref)) {
        if (!reasons.has(sha256)) reasons.set(sha256, `${path.slice(0, -LIST_NAME.length)} on ${ref}`)
      }
    }
  }
}

/**
 * What a list of files names. A request is anybody's branch, so one that is no list must not keep a clone from being
 * swept: whatever looks like a digest there is taken for one, and nothing goes because of it.
 */
function digestsIn(bytes: Uint8Array, path: string, ref: RefName): readonly Sha256[] {
  try {
    return objectsOf(decodeFiles(bytes, path)).map(({ sha256 }) => sha256)
  } catch (caught) {
    if (!(caught instanceof Failure) || !REQUEST.test(ref)) throw caught
    return [...Buffer.from(bytes).toString('latin1').matchAll(DIGEST)].flatMap(([match]) => parseSha256(match) ?? [])
  }
}

/** Whatever looks like a digest in a journal is taken for one: too much is kept rather than too little. */
async function addJournals({ journals }: Repository, reasons: Map<Sha256, string>): Promise<void> {
  for (const run of await listJournals(journals)) {
    const content = await readJournal(journals, run)
    if (content === undefined) continue
    requireWhole(journals, run, content)
    for (const event of content.events) {
      if (event.kind !== 'documents') continue
      for (const text of event.documents.values()) {
        for (const [match] of text.matchAll(DIGEST)) {
          const sha256 = parseSha256(match)
          if (sha256 !== undefined && !reasons.has(sha256)) reasons.set(sha256, `the journal of run ${run}`)
        }
      }
    }
  }
}
