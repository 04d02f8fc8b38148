/**
 * A unified diff as rows, with the words that changed within a line, and the same rows side by side.
 */

/** One row of a patch. `old` and `now` are numbers of lines, counted from 1; `null` where the line is not. */
export interface PatchRow {
  /** `place`: the head of a hunk. `note`: what git says, such as that a file does not end in a line feed. */
  readonly kind: 'same' | 'gone' | 'added' | 'place' | 'note'
  readonly old: number | null
  readonly now: number | null
  readonly text: string
  /** Parts of the text, in order, that are the whole of it; those that changed within the line are marked. */
  readonly parts: readonly TextPart[]
}

/** A part of a line. */
export interface TextPart {
  readonly text: string
  readonly isMarked: boolean
}

/** A row of both sides; a side is `undefined` where it has no line. A place or a note is on both. */
export interface SplitRow {
  readonly left: PatchRow | undefined
  readonly right: PatchRow | undefined
}

/** Longer lines, and longer runs of lines, are not looked into. */
const LIMIT_LINE = 2_000
const LIMIT_WORDS = 300
const LIMIT_BLOCK = 200
/** Lines that share less of their words are other lines. */
const LEAST_SHARED = 0.35

/** Reads hunks, from the first `@@`; a line that is cut off at the end is a line. */
export function rowsOfPatch(patch: string): readonly PatchRow[] {
  if (patch === '') return []
  const rows: PatchRow[] = []
  let [old, now] = [0, 0]
  for (const line of patch.split('\n')) {
    const place = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line)
    const text = line.slice(1)
    if (place !== null) {
      ;[old, now] = [Number(place[1]), Number(place[2])]
      rows.push(plain('place', null, null, line))
    } else if (line.startsWith('-')) rows.push(plain('gone', old++, null, text))
    else if (line.startsWith('+')) rows.push(plain('added', null, now++, text))
    else if (line.startsWith('\\')) rows.push(plain('note', null, null, text.trim()))
    else rows.push(plain('same', old++, now++, text))
  }
  return marked(rows)
}

/** Puts lines that were replaced beside those that replaced them. */
export function sideBySide(rows: readonly PatchRow[]): readonly SplitRow[] {
  const split: SplitRow[] = []
  for (let at = 0; at < rows.length;) {
    const row = rows[at]
    if (row === undefined) break
    if (row.kind !== 'gone' && row.kind !== 'added') {
      split.push({ left: row, right: row })
      at += 1
      continue
    }
    const { gone, added, end } = blockAt(rows, at)
    for (let line = 0; line < Math.max(gone.length, added.length); line += 1) {
      split.push({ left: gone[line], right: added[line] })
    }
    at = end
  }
  return split
}

/** Lines that went and the lines that came in their place; notes between them are left out. */
function blockAt(
  rows: readonly PatchRow[],
  from: number,
): { readonly gone: readonly PatchRow[]; readonly added: readonly PatchRow[]; readonly end: number } {
  const [gone, added]: [PatchRow[], PatchRow[]] = [[], []]
  let end = from
  for (; end < rows.length; end += 1) {
    const row = rows[end]
    if (row?.kind === 'gone' && added.length === 0) gone.push(row)
    else if (row?.kind === 'added') added.push(row)
    else if (row?.kind !== 'note') break
  }
  return { gone, added, end: Math.max(end, from + 1) }
}

/** Marks the words that changed in lines that stand for one another. */
function marked(rows: readonly PatchRow[]): readonly PatchRow[] {
  const result = [...rows]
  const placeOf = new Map(rows.map((row, index) => [row, index]))
  for (let at = 0; at < rows.length;) {
    if (rows[at]?.kind !== 'gone') {
      at += 1
      continue
    }
    const { gone, added, end } = blockAt(rows, at)
    if (gone.length <= LIMIT_BLOCK && added.length <= LIMIT_BLOCK) {
      for (const [index, before] of gone.entries()) {
        const after = added[index]
        const parts = after === undefined ? undefined : changedParts(before.text, after.text)
        if (after === undefined || parts === undefined) continue
        result[placeOf.get(before) ?? -1] = { ...before, parts: parts[0] }
        result[placeOf.get(after) ?? -1] = { ...after, parts: parts[1] }
      }
    }
    at = end
  }
  return result
}

/** The parts of two lines with what is only in one of them marked; `undefined` where they have little in common. */
export function changedParts(
  before: string,
  after: string,
): readonly [readonly TextPart[], readonly TextPart[]] | undefined {
  if (before.length > LIMIT_LINE || after.length > LIMIT_LINE) return undefined
  const [left, right] = [wordsOf(before), wordsOf(after)]
  if (left.length > LIMIT_WORDS || right.length > LIMIT_WORDS) return undefined
  const [keptLeft, keptRight] = commonWords(left, right)
  const weight = (words: readonly string[], kept: ReadonlySet<number>): number => {
    return words.reduce((sum, word, index) => sum + (kept.has(index) && word.trim() !== '' ? word.length : 0), 0)
  }
  const longest = Math.max(before.replace(/\s/g, '').length, after.replace(/\s/g, '').length)
  if (longest === 0 || weight(left, keptLeft) < LEAST_SHARED * longest) return undefined
  return [partsOf(left, keptLeft), partsOf(right, keptRight)]
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\d+(?:\.\d+)+|[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? []
}

/** The places of a longest common subsequence, in both. */
function commonWords(
  left: readonly string[],
  right: readonly string[],
): readonly [ReadonlySet<number>, ReadonlySet<number>] {
  const width = right.length + 1
  const lengths = new Uint16Array((left.length + 1) * width)
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      const isSame = left[row] === right[column]
      lengths[row * width + column] = isSame
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const [keptLeft, keptRight] = [new Set<number>(), new Set<number>()]
  let [row, column] = [0, 0]
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) {
      keptLeft.add(row)
      keptRight.add(column)
      row += 1
      column += 1
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1
    else column += 1
  }
  return [keptLeft, keptRight]
}

function partsOf(words: readonly string[], kept: ReadonlySet<number>): readonly TextPart[] {
  const parts: { text: string; isMarked: boolean }[] = []
  for (const [index, word] of words.entries()) {
    const isMarked = !kept.has(index)
    const last = parts.at(-1)
    if (last?.isMarked === isMarked) last.text += word
    else parts.push({ text: word, isMarked })
  }
  return parts
}

function plain(kind: PatchRow['kind'], old: number | null, now: number | null, text: string): PatchRow {
  return { kind, old, now, text, parts: [{ text, isMarked: false }] }
}
