/**
 * The `packed-refs` file: one line a ref, peeled tags on a `^` line of their own. Pure reading and rewriting; what a
 * rewrite does not change is kept byte for byte.
 */
import { compareText } from '../../base/order.ts'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'

/** The refs of a `packed-refs` file. */
export interface PackedRefs {
  /** The comment git writes first, naming what the file promises; absent in files of old gits. */
  readonly header: string | undefined
  readonly refs: ReadonlyMap<string, PackedRef>
}

/** One packed ref; `peeled` is what an annotated tag leads to. */
export interface PackedRef {
  readonly oid: Oid
  readonly peeled?: Oid
}

/** Every ref mlv packs names a commit, so a file it starts is fully peeled. */
const HEADER = '# pack-refs with: peeled fully-peeled sorted '

const LINE = /^((?:[0-9a-f]{40})|(?:[0-9a-f]{64})) (refs\/\S.*)$/

/**
 * Reads a `packed-refs` file; an empty text is a file without refs.
 *
 * @throws `ref-damaged` at the first line that is none of a header, a ref or a peeled object.
 */
export function parsePackedRefs(text: string): PackedRefs {
  const refs = new Map<string, PackedRef>()
  let header: string | undefined
  let last: string | undefined
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (line.startsWith('#')) {
      header ??= line
      continue
    }
    last = line.startsWith('^') ? peel(refs, last, line) : addRef(refs, line)
  }
  return { header, refs }
}

/** Returns the file with these refs set; the order is git's. */
export function withPackedRefs(packed: PackedRefs, changes: ReadonlyMap<string, Oid>): PackedRefs {
  const refs = new Map(packed.refs)
  for (const [ref, oid] of changes) refs.set(ref, { oid })
  return { header: refs.size === changes.size ? HEADER : packed.header, refs }
}

/** Writes a `packed-refs` file. */
export function formatPackedRefs(packed: PackedRefs): string {
  const lines = packed.header === undefined ? [] : [packed.header]
  for (const [ref, { oid, peeled }] of [...packed.refs].sort(([left], [right]) => compareText(left, right))) {
    lines.push(`${oid} ${ref}`)
    if (peeled !== undefined) lines.push(`^${peeled}`)
  }
  return `${lines.join('\n')}\n`
}

function addRef(refs: Map<string, PackedRef>, line: string): string {
  const [, text, ref] = LINE.exec(line) ?? []
  const oid = parseOid(text ?? '')
  if (oid === undefined || ref === undefined) throw damaged(line)
  refs.set(ref, { oid })
  return ref
}

function peel(refs: Map<string, PackedRef>, ref: string | undefined, line: string): string {
  const peeled = parseOid(line.slice(1))
  const packed = ref === undefined ? undefined : refs.get(ref)
  if (ref === undefined || packed === undefined || peeled === undefined) throw damaged(line)
  refs.set(ref, { oid: packed.oid, peeled })
  return ref
}

function damaged(line: string): Error {
  return refuse('ref-damaged', { ref: 'packed-refs', content: line })
}
