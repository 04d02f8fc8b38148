/**
 * Reads refs from files, without starting git: the loose file first, then `packed-refs`, as git does. A loose file
 * that holds anything but one object name or ref name is refused: falling through to the packed value would go back in
 * time.
 */
import { join } from 'node:path'
import { assert } from '../../base/assert.ts'
import { compareText } from '../../base/order.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { parsePackedRefs } from './packed-refs.ts'
import type { PackedRefs } from './packed-refs.ts'
import type { RepositoryPlace } from './probe.ts'

/** The folders that refs are kept in. */
export type RefPlace = Pick<RepositoryPlace, 'gitDir' | 'commonDir'>

/** A ref and what it names. */
export interface NamedOid {
  readonly ref: RefName
  readonly oid: Oid
}

/** Git follows this many symbolic refs before it gives up. */
const SYMBOLIC_DEPTH = 5

/** These refs, and everything outside `refs/`, belong to one worktree (gitrepository-layout(5)). */
const PER_WORKTREE = /^(?!refs\/)|^refs\/(?:bisect|worktree|rewritten)\//

/** The file that holds a ref, or `HEAD`, while it is loose. */
export function refFile(place: RefPlace, name: string): string {
  return join(PER_WORKTREE.test(name) ? place.gitDir : place.commonDir, name)
}

/**
 * The object a ref or `HEAD` names, through symbolic refs; `undefined` when there is no such ref, or it leads to one
 * that is not born yet.
 *
 * @throws `ref-damaged` when a file on the way holds anything but one object name or ref name.
 */
export async function readRef(place: RefPlace, files: Files, name: string): Promise<Oid | undefined> {
  let current = name
  for (let depth = 0; depth <= SYMBOLIC_DEPTH; depth += 1) {
    const text = await readText(files, refFile(place, current))
    if (text === undefined) return await readPackedRef(place, files, current)
    const content = parseLooseRef(current, text)
    if (content.kind === 'object') return content.oid
    current = content.target
  }
  throw refuse('ref-damaged', { ref: name, content: `a chain of more than ${SYMBOLIC_DEPTH} symbolic refs` })
}

/** Refs whose full name starts with `prefix`, which starts with `refs/`, sorted. @throws `ref-damaged` */
export async function listRefs(place: RefPlace, files: Files, prefix: string): Promise<readonly NamedOid[]> {
  assert(prefix.startsWith('refs/'), 'refs to be listed below refs/')
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const loose = await looseNames(files, join(place.commonDir, folder), folder)
  // Packed after loose: git packs a ref before it removes the loose file, so none is missed in between.
  const packed = (await readPackedRefs(place, files)).refs
  const names = new Set([...loose, ...packed.keys()].filter((name) => name.startsWith(prefix)))
  const listed: NamedOid[] = []
  for (const name of [...names].sort(compareText)) {
    const ref = asRefName(name)
    const oid = ref === undefined ? undefined : await readRef(place, files, ref)
    if (ref !== undefined && oid !== undefined) listed.push({ ref, oid })
  }
  return listed
}

/** The refs of the `packed-refs` file; none when there is no file. @throws `ref-damaged` */
export async function readPackedRefs(place: RefPlace, files: Files): Promise<PackedRefs> {
  return parsePackedRefs((await readText(files, join(place.commonDir, 'packed-refs'))) ?? '')
}

/** What a loose ref file says. */
export type LooseRef =
  { readonly kind: 'object'; readonly oid: Oid } | { readonly kind: 'symbolic'; readonly target: RefName }

/**
 * Reads the text of a loose ref file.
 *
 * @throws `ref-damaged` for anything but an object name or `ref: <name>`, with the newline that shows it is whole.
 */
export function parseLooseRef(name: string, text: string): LooseRef {
  const line = text.endsWith('\n') ? text.slice(0, -1) : ''
  const oid = parseOid(line)
  if (oid !== undefined) return { kind: 'object', oid }
  const target = asRefName(/^ref: *(\S+)$/.exec(line)?.[1] ?? '')
  if (target === undefined) throw refuse('ref-damaged', { ref: name, content: text.slice(0, 200) })
  return { kind: 'symbolic', target }
}

/** A text file of git's; `undefined` when there is none. */
export async function readText(files: Files, path: string): Promise<string | undefined> {
  try {
    return Buffer.from(await files.readFile(path)).toString('utf8')
  } catch (caught) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoOf(caught) ?? '')) return undefined
    throw caught
  }
}

/** Searched, not parsed: a clone with 100,000 refs has megabytes here, and one line is wanted. */
async function readPackedRef(place: RefPlace, files: Files, name: string): Promise<Oid | undefined> {
  const text = await readText(files, join(place.commonDir, 'packed-refs'))
  const at = (text ?? '').indexOf(` ${name}\n`)
  if (text === undefined || at < 0) return undefined
  const line = text.slice(text.lastIndexOf('\n', at) + 1, at)
  const oid = parseOid(line)
  if (oid === undefined) throw refuse('ref-damaged', { ref: name, content: line.slice(0, 200) })
  return oid
}

async function looseNames(files: Files, folder: string, prefix: string): Promise<readonly string[]> {
  const names: string[] = []
  for (const entry of await files.readFolder(folder)) {
    const name = `${prefix}${entry.name}`
    if (entry.kind === 'folder') names.push(...(await looseNames(files, join(folder, entry.name), `${name}/`)))
    else names.push(name)
  }
  return names
}

/** A full ref name; `undefined` for what git would not take as one, such as a lock file below `refs/`. */
export function asRefName(text: string): RefName | undefined {
  try {
    return parseRefName(text)
  } catch (caught) {
    if (isFailure(caught, 'ref-name-invalid')) return undefined
    throw caught
  }
}
