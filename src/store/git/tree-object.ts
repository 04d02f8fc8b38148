/**
 * Tree objects as bytes. Reading one runs the checks of git-fsck(1) that keep a tree from meaning two things to two
 * tools: known modes, safe names, git's order, no name twice.
 */
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
  const entries: TreeEntry[] = []
  const oidBytes = oid.length / 2
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(SPACE, at)
    const zero = space < 0 ? -1 : bytes.indexOf(0, space)
    const end = zero + 1 + oidBytes
    if (zero < 0 || end > bytes.length) throw invalid(oid, 'ends inside an entry')
    entries.push(parseEntry(oid, bytes.subarray(at, end), space - at, zero - at))
    at = end
  }
  refuseDisorder(oid, entries)
  return entries
}

/** Says what is wrong with a name as one component of a path in a tree; `undefined` when nothing is. */
export function entryNameProblem(name: string): string | undefined {
  if (name === '') return 'has an entry without a name'
  if (name === '.' || name === '..') return `has an entry called '${name}'`
  if (name.includes('/')) return `has a name with a slash, '${printable(name)}'`
  if (name.includes('\0')) return 'has a name with a NUL'
  return isGitFolderName(name) ? `has an entry '${printable(name)}', which some file systems open as '.git'` : undefined
}

function parseEntry(tree: Oid, bytes: Uint8Array, space: number, zero: number): TreeEntry {
  const mode = Buffer.from(bytes.subarray(0, space)).toString('latin1')
  const nameBytes = bytes.subarray(space + 1, zero)
  const name = decodeName(nameBytes)
  if (name === undefined) throw invalid(tree, 'has a name that is not UTF-8')
  // A slash is looked for in the bytes too: it must not depend on how a name decodes.
  const problem = nameBytes.includes(SLASH) ? entryNameProblem('/') : entryNameProblem(name)
  if (problem !== undefined) throw invalid(tree, problem)
  const kind = KINDS.get(mode)
  if (kind === undefined) throw invalid(tree, `gives '${printable(name)}' the mode ${printable(mode)}`)
  const oid = parseOid(Buffer.from(bytes.subarray(zero + 1)).toString('hex'))
  if (oid === undefined || /^0+$/.test(oid)) throw invalid(tree, `gives '${printable(name)}' no object`)
  return { name, kind, oid }
}

function decodeName(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function refuseDisorder(tree: Oid, entries: readonly TreeEntry[]): void {
  const names = new Set<string>()
  let previous: string | undefined
  for (const entry of entries) {
    if (names.has(entry.name)) throw invalid(tree, `lists '${printable(entry.name)}' twice`)
    names.add(entry.name)
    const key = orderKey(entry)
    if (previous !== undefined && compareText(previous, key) >= 0) throw invalid(tree, 'is not in order')
    previous = key
  }
}

/** Git sorts a folder as if its name ended in a slash. */
function orderKey(entry: TreeEntry): string {
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
