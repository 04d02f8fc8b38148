/**
 * Resolves revisions as gitrevisions(7) has them, as far as a person types them at mlv: names, object names and their
 * prefixes, `~n`, `^n`. Ranges, searches and reflog selectors name nothing here.
 */
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseCommit } from './commit-object.ts'
import type { GitObject } from './object-name.ts'

/** What resolving looks things up in. */
export interface RevisionReader {
  /** The object `HEAD` or a full ref name leads to. */
  readonly readName: (name: string) => Promise<Oid | undefined>
  /** `undefined` for an object that is not here. */
  readonly readObject: (oid: Oid) => Promise<GitObject | undefined>
  readonly startingWith: (prefix: string) => Promise<readonly Oid[]>
}

/** Where git looks for a short name, in this order. */
const NAME_RULES: readonly ((name: string) => string)[] = [
  (name) => `refs/${name}`,
  (name) => `refs/tags/${name}`,
  (name) => `refs/heads/${name}`,
  (name) => `refs/remotes/${name}`,
  (name) => `refs/remotes/${name}/HEAD`,
]

const REVISION = /^(?<base>[^~^:\s-][^~^:\s]*)(?<steps>(?:[~^]\d*)*)$/

/** A tag of a tag of a tag; git's own tags are one deep. */
const TAG_DEPTH = 10

/** The commit a revision names; `undefined` when it names none, or an abbreviation fits several. */
export async function resolveCommit(reader: RevisionReader, revision: string): Promise<Oid | undefined> {
  const groups = REVISION.exec(revision)?.groups
  const base = groups?.['base']
  if (base === undefined || base.includes('@{') || base.includes('..')) return undefined
  let oid = await resolveBase(reader, base)
  for (const step of (groups?.['steps'] ?? '').match(/[~^]\d*/g) ?? []) {
    if (oid === undefined) return undefined
    oid = await takeStep(reader, oid, step)
  }
  return oid
}

async function resolveBase(reader: RevisionReader, base: string): Promise<Oid | undefined> {
  const whole = parseOid(base)
  if (whole !== undefined) return await peel(reader, whole)
  const named = await readNamed(reader, base)
  if (named !== undefined) return await peel(reader, named)
  if (!/^[0-9a-f]{4,64}$/i.test(base)) return undefined
  const commits = new Set<Oid>()
  for (const oid of await reader.startingWith(base.toLowerCase())) {
    // As git does where a commit is asked for: a file of the same abbreviation is not in the way.
    const object = await reader.readObject(oid)
    if (object?.kind === 'commit') commits.add(oid)
  }
  const [only] = commits
  return commits.size === 1 ? only : undefined
}

async function readNamed(reader: RevisionReader, name: string): Promise<Oid | undefined> {
  if (name === '@') return await reader.readName('HEAD')
  if (name === 'HEAD' || name.startsWith('refs/')) return await reader.readName(name)
  for (const rule of NAME_RULES) {
    const oid = await reader.readName(rule(name))
    if (oid !== undefined) return oid
  }
  return undefined
}

/** Follows tags to the commit they name. */
async function peel(reader: RevisionReader, oid: Oid): Promise<Oid | undefined> {
  let current = oid
  for (let depth = 0; depth < TAG_DEPTH; depth += 1) {
    const object = await reader.readObject(current)
    if (object?.kind === 'commit') return current
    const target = object?.kind === 'tag' ? tagTarget(object.bytes) : undefined
    if (target === undefined) return undefined
    current = target
  }
  return undefined
}

function tagTarget(bytes: Uint8Array): Oid | undefined {
  const [, target] = /^object ([0-9a-f]+)\n/.exec(Buffer.from(bytes.subarray(0, 100)).toString('latin1')) ?? []
  return parseOid(target ?? '')
}

/** `~n` goes back n first parents, `^n` to the n-th parent; `^0` is the commit itself. */
async function takeStep(reader: RevisionReader, oid: Oid, step: string): Promise<Oid | undefined> {
  const count = step.length === 1 ? 1 : Number(step.slice(1))
  if (step.startsWith('^')) return count === 0 ? oid : await parentOf(reader, oid, count)
  let current: Oid | undefined = oid
  for (let taken = 0; taken < count && current !== undefined; taken += 1) current = await parentOf(reader, current, 1)
  return current
}

async function parentOf(reader: RevisionReader, oid: Oid, number: number): Promise<Oid | undefined> {
  const object = await reader.readObject(oid)
  return object === undefined ? undefined : parseCommit(oid, object.bytes).parents[number - 1]
}
