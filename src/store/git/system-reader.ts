/**
 * Objects by name, from the running `git cat-file`. Folders and commits just read are kept, because paths below one
 * tip pass through the same few of them again and again; blobs are not.
 */
import { join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Files } from '../files/files.ts'
import { runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import type { ObjectBatch, BatchObject } from './object-batch.ts'
import type { GitObject, ObjectKind } from './object-name.ts'
import type { ObjectReader } from './object-reader.ts'
import type { RepositoryPlace } from './probe.ts'

const KINDS: readonly ObjectKind[] = ['blob', 'tree', 'commit', 'tag']

/** Kept objects are dropped together beyond this. */
const KEPT_BYTES = 16 * 1024 * 1024

/** Questions open at once: enough to hide the way to git and back, few enough to bound memory. */
const AHEAD = 64

/** Where the objects are. */
export interface ObjectSource {
  readonly git: GitProgram
  readonly place: RepositoryPlace
  readonly files: Files
}

/** Reads by object name. */
export function openSystemReader(batch: ObjectBatch, source: ObjectSource): ObjectReader {
  const kept = new Map<Oid, GitObject>()
  let keptBytes = 0
  return {
    read: async (oid) => {
      const known = kept.get(oid)
      if (known !== undefined) return known
      const object = objectOf(await batch.read(oid)) ?? (await refuseUnread(source, oid))
      if (object.kind === 'blob') return object
      if (keptBytes + object.bytes.length > KEPT_BYTES) {
        kept.clear()
        keptBytes = 0
      }
      keptBytes += object.bytes.length
      kept.set(oid, object)
      return object
    },
    startingWith: (prefix) => disambiguate(source, prefix),
  }
}

async function disambiguate({ git, place }: ObjectSource, prefix: string): Promise<readonly Oid[]> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'rev-parse', `--disambiguate=${prefix}`])
  const lines = Buffer.from(result.stdout).toString('utf8').split('\n')
  return lines.map(parseOid).filter((oid) => oid !== undefined)
}

/** Reads blobs in the order asked, several questions ahead of the reader. */
export async function* readBlobsAhead(
  readBlob: (oid: Oid) => Promise<Uint8Array>,
  oids: readonly Oid[],
): AsyncIterable<Uint8Array> {
  const asked: Promise<Uint8Array>[] = []
  const ask = (oid: Oid) => {
    const answer = readBlob(oid)
    // Told when its turn comes; until then a refusal must not count as unhandled.
    answer.catch(() => undefined)
    asked.push(answer)
  }
  for (const oid of oids.slice(0, AHEAD)) ask(oid)
  for (let next = AHEAD; ; next += 1) {
    const answer = asked.shift()
    if (answer === undefined) return
    yield await answer
    const oid = oids[next]
    if (oid !== undefined) ask(oid)
  }
}

function objectOf(found: BatchObject | undefined): GitObject | undefined {
  const kind = KINDS.find((candidate) => candidate === found?.type)
  return found === undefined || kind === undefined ? undefined : { kind, bytes: found.bytes }
}

/** Git calls an object missing whose file it cannot make sense of. */
async function refuseUnread({ place, files }: ObjectSource, oid: Oid): Promise<never> {
  const loose = join(place.commonDir, 'objects', oid.slice(0, 2), oid.slice(2))
  if ((await files.stat(loose)) === undefined) throw refuse('object-missing', { what: 'object', id: oid })
  throw refuse('object-damaged', { what: 'object', id: oid, problem: `git cannot read '${loose}'` })
}
