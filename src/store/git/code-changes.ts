/**
 * What changed in code, file by file, read from what `git diff-tree` prints. Paths are told as they are: what is not
 * UTF-8 is replaced, and `isNameExact` says so.
 */

/** What became of a file. */
export type CodeChangeKind = 'added' | 'removed' | 'changed' | 'renamed' | 'copied' | 'retyped'

/** One file of a change. */
export interface CodeChange {
  readonly path: string
  /** Where it was before, of one that was renamed or copied. */
  readonly from?: string
  readonly kind: CodeChangeKind
  /** Modes as git has them (`100644`), absent where the file is. */
  readonly oldMode?: string
  readonly newMode?: string
  /** Lines; absent for a file that is not text, and where nobody counted. */
  readonly added?: number
  readonly removed?: number
  /** Git holds it for something other than text, or for too large to look at. */
  readonly isBinary: boolean
  /** Whether `path` and `from` reach the file. */
  readonly isNameExact: boolean
}

const KINDS: Readonly<Record<string, CodeChangeKind>> = {
  A: 'added',
  D: 'removed',
  M: 'changed',
  R: 'renamed',
  C: 'copied',
  T: 'retyped',
}

/** No file. */
const ABSENT_MODE = '000000'

/**
 * Reads `git diff-tree -r -z --raw`, with `--numstat` or without; in git's order, which is that of the patch too. A
 * record that was cut off at the end is left out.
 */
export function readCodeChanges(printed: Uint8Array): readonly CodeChange[] {
  // One character a byte: git promises no encoding of paths.
  const fields = Buffer.from(printed.buffer, printed.byteOffset, printed.byteLength).toString('latin1').split('\0')
  const whole = fields.slice(0, -1)
  const changes: CodeChange[] = []
  let at = 0
  while (whole[at]?.startsWith(':') === true) {
    const [oldMode = '', newMode = '', , , status = ''] = (whole[at] ?? '').slice(1).split(' ')
    const isMoved = /^[RC]/.test(status)
    const [first, second] = [whole[at + 1], isMoved ? whole[at + 2] : undefined]
    if (first === undefined || (isMoved && second === undefined)) break
    changes.push(changeOf({ oldMode, newMode, status }, second ?? first, isMoved ? first : undefined))
    at += isMoved ? 3 : 2
  }
  return counted(changes, whole.slice(at))
}

function changeOf(
  { oldMode, newMode, status }: { readonly oldMode: string; readonly newMode: string; readonly status: string },
  rawPath: string,
  rawFrom: string | undefined,
): CodeChange {
  const [path, from] = [decoded(rawPath), rawFrom === undefined ? undefined : decoded(rawFrom)]
  return {
    path,
    ...(from === undefined ? {} : { from }),
    kind: KINDS[status.slice(0, 1)] ?? 'changed',
    ...(oldMode === ABSENT_MODE ? {} : { oldMode }),
    ...(newMode === ABSENT_MODE ? {} : { newMode }),
    isBinary: false,
    isNameExact: isExact(path, rawPath) && (from === undefined || isExact(from, rawFrom ?? '')),
  }
}

/** Adds the numbers of lines, which follow in the same order. */
function counted(changes: readonly CodeChange[], fields: readonly string[]): readonly CodeChange[] {
  let at = 0
  return changes.map((change) => {
    const [added, removed, path] = (fields[at] ?? '').split('\t')
    if (added === undefined || removed === undefined || path === undefined) return change
    // A file that moved has its two paths in fields of their own.
    at += path === '' ? 3 : 1
    if (added === '-') return { ...change, isBinary: true }
    return { ...change, added: Number(added), removed: Number(removed) }
  })
}

/** The patch of one file: what follows its head, from the first `@@`; empty where no line changed. */
export interface FilePatch {
  readonly text: string
  /** It goes on. */
  readonly isCut: boolean
}

/**
 * Cuts `git diff-tree -p` into the patches of its files, in the order of the changes. A file whose kind changed is told
 * by git as one that went and one that came; both halves are its patch. Files the text does not reach get none.
 */
export function splitPatch(
  text: string,
  changes: readonly CodeChange[],
  isCut: boolean,
): readonly (FilePatch | undefined)[] {
  const sections = sectionsOf(text)
  let at = 0
  return changes.map((change) => {
    const count = isSplit(change) ? 2 : 1
    const own = sections.slice(at, at + count)
    at += count
    if (own.length === 0) return undefined
    const isLast = at >= sections.length
    const lines = own.map(hunksOf).filter((hunks) => hunks !== '')
    const joined = lines.join('\n')
    if (!isLast || !isCut) return { text: joined, isCut: false }
    return { text: joined.slice(0, Math.max(0, joined.lastIndexOf('\n'))), isCut: true }
  })
}

/** Git tells a file that became a link, or the other way round, in two. */
function isSplit({ oldMode, newMode }: CodeChange): boolean {
  return oldMode !== undefined && newMode !== undefined && oldMode.slice(0, 2) !== newMode.slice(0, 2)
}

const SECTION = 'diff --git '

/** A line of a file has a mark before it, so only git itself begins one like this. */
function sectionsOf(text: string): readonly string[] {
  const sections: string[] = []
  let from = text.startsWith(SECTION) ? 0 : text.indexOf(`\n${SECTION}`) + 1
  if (!text.startsWith(SECTION, from)) return []
  while (from < text.length) {
    const next = text.indexOf(`\n${SECTION}`, from)
    const end = next === -1 ? text.length : next + 1
    sections.push(text.slice(from, end))
    from = end
  }
  return sections
}

function hunksOf(section: string): string {
  const at = section.indexOf('\n@@ ')
  return at === -1 ? '' : section.slice(at + 1).replace(/\n$/, '')
}

function decoded(raw: string): string {
  return Buffer.from(raw, 'latin1').toString('utf8')
}

function isExact(path: string, raw: string): boolean {
  return Buffer.from(path).toString('latin1') === raw
}
