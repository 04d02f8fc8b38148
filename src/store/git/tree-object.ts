/**
 * Tree objects as bytes. Reading one runs the checks of git-fsck(1) that keep a tree from meaning two things to two
 * tools: known modes, safe names, git's order, no name twice.
 */
import { present } from '../../base/assert.ts'
import { compareText } from '../../base/order.ts'
import { printable } from '../../base/printable.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { refuse } from '../../domain/failure.ts'
import type { EntryKind, TreeEntry } from './engine.ts'

const MODES: { readonly [Kind in EntryKind]: string } = {
  file: '100644',
  executable: '100755',
  symlink: '120000',
  tree: '40000',
  gitlink: '160000',
}

/** 100664 was written by git before 2005 and is still read as a plain file. */
const KINDS: ReadonlyMap<string, EntryKind> = new Map([
  ['100644', 'file'],
  ['100664', 'file'],
  ['100755', 'executable'],
  ['120000', 'symlink'],
  ['40000', 'tree'],
  ['160000', 'gitlink'],
])

const SPACE = 0x20
const SLASH = 0x2f

/** Code points that HFS+ ignores in names, so that `.g<U+200C>it` opens `.git` there. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu

/** Writes entries, in any order, as a tree object in git's order. */
export function encodeTree(entries: Iterable<TreeEntry>): Uint8Array {
  const sorted = [...entries].sort((left, right) => compareText(orderKey(left), orderKey(right)))
  const pieces = sorted.flatMap((entry) => [
    Buffer.from(`${MODES[entry.kind]} ${entry.name}\0`, 'utf8'),
    Buffer.from(entry.oid, 'hex'),
  ])
  return Buffer.concat(pieces)
}

/**
 * Reads a tree object; entries are in git's order.
 *
 * @throws `tree-invalid` when git would refuse the tree, or a name in it is not UTF-8.
 */
export function parseTree(oid: Oid, bytes: Uint8Array): readonly TreeEntry[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: TreeEntry[] = []
  const oidBytes = oid.length / 2
  for (let at = 0; at < buffer.length;) {
    const space = buffer.indexOf(SPACE, at)
    const zero = space < 0 ? -1 : buffer.indexOf(0, space)
    const end = zero + 1 + oidBytes
    if (zero < 0 || end > buffer.length) throw invalid(oid, 'ends inside an entry')
    entries.push(parseEntry(oid, buffer, { at, space, zero, end }))
    at = end
  }
  refuseDisorder(oid, entries)
  return entries
}

/**
 * Reads a tree object as `parseTree` does, for those who read a hundred thousand: names of objects are made when they
 * are asked for, and what is unusual is left to `parseTree`.
 *
 * @throws `tree-invalid`
 */
export function scanTree(oid: Oid, bytes: Uint8Array): readonly TreeEntry[] {
  return (
    plainEntries(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), oid.length / 2) ?? parseTree(oid, bytes)
  )
}

/** Says what is wrong with a name as one component of a path in a tree; `undefined` when nothing is. */
export function entryNameProblem(name: string): string | undefined {
  if (name === '') return 'has an entry without a name'
  if (name === '.' || name === '..') return `has an entry called '${name}'`
  if (name.includes('/')) return `has a name with a slash, '${printable(name)}'`
  if (name.includes('\0')) return 'has a name with a NUL'
  return isGitFolderName(name) ? `has an entry '${printable(name)}', which some file systems open as '.git'` : undefined
}

/** Where the parts of an entry are: its mode, the space after it, the NUL after its name, its end. */
interface EntryPlace {
  readonly at: number
  readonly space: number
  readonly zero: number
  readonly end: number
}

function parseEntry(tree: Oid, buffer: Buffer, { at, space, zero, end }: EntryPlace): TreeEntry {
  const name = plainName(buffer, space + 1, zero) ?? checkedName(tree, buffer.subarray(space + 1, zero))
  const mode = buffer.toString('latin1', at, space)
  const kind = KINDS.get(mode)
  if (kind === undefined) throw invalid(tree, `gives '${printable(name)}' the mode ${printable(mode)}`)
  const oid = parseOid(buffer.toString('hex', zero + 1, end))
  if (oid === undefined || (oid.startsWith('0000') && /^0+$/.test(oid))) {
    throw invalid(tree, `gives '${printable(name)}' no object`)
  }
  return { name, kind, oid }
}

/** 1 for the characters that may stand anywhere in a name and tempt no file system, indexed by byte. */
const PLAIN_BYTE = Uint8Array.from({ length: 256 }, (_, code) => (/[a-z0-9_-]/.test(String.fromCharCode(code)) ? 1 : 0))
const DOT = 0x2e
const LETTER_G = 0x67

/** A name of which no check could say anything: nearly all of those that mlv writes. */
function plainName(buffer: Buffer, from: number, end: number): string | undefined {
  const first = buffer[from]
  if (from === end || first === DOT || first === LETTER_G) return undefined
  for (let at = from; at < end; at += 1) {
    const code = buffer[at] ?? 0
    if (PLAIN_BYTE[code] !== 1 && code !== DOT) return undefined
  }
  return buffer.toString('latin1', from, end)
}

const PLAIN_FILE = Buffer.from(`${MODES.file} `)
const PLAIN_TREE = Buffer.from(`${MODES.tree} `)
/** Every run has one; any other name with a dot at its start is looked at closely. */
const ATTRIBUTES = '.gitattributes'

/** An entry of which nothing odd can be said. */
class PlainEntry implements TreeEntry {
  readonly name: string
  readonly kind: EntryKind
  readonly #tree: Buffer
  readonly #at: number
  readonly #end: number

  constructor(kind: EntryKind, tree: Buffer, { name, at, end }: { name: string; at: number; end: number }) {
    this.name = name
    this.kind = kind
    this.#tree = tree
    this.#at = at
    this.#end = end
  }

  get oid(): Oid {
    return present(parseOid(this.#tree.toString('hex', this.#at, this.#end)), 'the name of an object')
  }
}

/** Entries of a tree of files and folders with plain names; `undefined` for any other. */
function plainEntries(tree: Buffer, oidBytes: number): readonly TreeEntry[] | undefined {
  const entries: TreeEntry[] = []
  for (let at = 0; at < tree.length;) {
    const kind = startsAt(tree, PLAIN_FILE, at) ? 'file' : startsAt(tree, PLAIN_TREE, at) ? 'tree' : undefined
    if (kind === undefined) return undefined
    const from = at + (kind === 'file' ? PLAIN_FILE : PLAIN_TREE).length
    let zero = from
    for (let code = tree[zero]; code !== 0; code = tree[zero]) {
      if (code === undefined || (PLAIN_BYTE[code] !== 1 && code !== DOT)) return undefined
      zero += 1
    }
    const name = tree.toString('latin1', from, zero)
    const end = zero + 1 + oidBytes
    if (name === '' || (tree[from] === DOT && name !== ATTRIBUTES)) return undefined
    // An object of nothing but zeros is none.
    if (end > tree.length || (tree[zero + 1] === 0 && tree[zero + 2] === 0)) return undefined
    if (!isNext(entries, name, kind)) return undefined
    entries.push(new PlainEntry(kind, tree, { name, at: zero + 1, end }))
    at = end
  }
  return entries
}

function startsAt(bytes: Buffer, start: Buffer, at: number): boolean {
  for (let index = 0; index < start.length; index += 1) if (bytes[at + index] !== start[index]) return false
  return true
}

/** Whether an entry comes after those before it in git's order, and none of them has its name. */
function isNext(before: readonly TreeEntry[], name: string, kind: EntryKind): boolean {
  const last = before.at(-1)
  // Where neither begins with the other, a slash at their ends changes nothing; a twin would begin with the last.
  if (last === undefined || (last.name < name && !name.startsWith(last.name))) return true
  const key = kind === 'tree' ? `${name}/` : name
  return compareText(orderKey(last), key) < 0 && before.every((entry) => entry.name !== name)
}

function checkedName(tree: Oid, bytes: Uint8Array): string {
  const name = decodeName(bytes)
  if (name === undefined) throw invalid(tree, 'has a name that is not UTF-8')
  // A slash is looked for in the bytes too: it must not depend on how a name decodes.
  const problem = bytes.includes(SLASH) ? entryNameProblem('/') : entryNameProblem(name)
  if (problem !== undefined) throw invalid(tree, problem)
  return name
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeName(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}

function refuseDisorder(tree: Oid, entries: readonly TreeEntry[]): void {
  let previous: string | undefined
  let files: Set<string> | undefined
  for (const [index, entry] of entries.entries()) {
    const key = orderKey(entry)
    // Twins of one kind are out of order; a file and a folder of one name are not.
    if (entry.kind === 'tree') {
      files ??= new Set(entries.slice(0, index).flatMap(({ name, kind }) => (kind === 'tree' ? [] : [name])))
      if (files.has(entry.name)) throw invalid(tree, `lists '${printable(entry.name)}' twice`)
    } else files?.add(entry.name)
    if (previous !== undefined && compareText(previous, key) >= 0) {
      const isTwin = previous === key
      throw invalid(tree, isTwin ? `lists '${printable(entry.name)}' twice` : 'is not in order')
    }
    previous = key
  }
}

/** Git sorts a folder as if its name ended in a slash. */
function orderKey(entry: Pick<TreeEntry, 'name' | 'kind'>): string {
  return entry.kind === 'tree' ? `${entry.name}/` : entry.name
}

/** The names by which HFS+ and NTFS would open `.git` (CVE-2014-9390, CVE-2019-1352). */
function isGitFolderName(name: string): boolean {
  const folded = name.replace(IGNORED_BY_HFS, '').toLowerCase()
  const onNtfs = (folded.split(/[:\\]/, 1)[0] ?? '').replace(/[ .]+$/, '')
  return folded === '.git' || onNtfs === '.git' || onNtfs === 'git~1'
}

function invalid(tree: Oid, problem: string): Error {
  return refuse('tree-invalid', { tree, problem })
}
