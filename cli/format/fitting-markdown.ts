/**
 * Markdown that must not be longer than its host takes: sections in the order of their worth, each cut where room ends.
 */

/** A section whose rows stand between an opening and an end, as in a folded table. */
export interface MarkdownSection {
  readonly open: readonly string[]
  /** Each row with its lines; a row is kept or cut as a whole. */
  readonly rows: readonly (readonly string[])[]
  readonly close: readonly string[]
}

/** Lines of a page as they are added, and what did not fit. */
export interface FittingMarkdown {
  /** Adds a section, or as many of its rows as there is room for; without room for one row, nothing of it. */
  readonly add: (section: MarkdownSection) => void
  /** The lines, and how many rows were cut. */
  readonly result: () => { readonly lines: readonly string[]; readonly cut: number }
}

/** Starts a page of at most so many characters, line ends counted. */
export function fittingMarkdown(limitCharacters: number): FittingMarkdown {
  const lines: string[] = []
  let left = limitCharacters
  let cut = 0
  return {
    add: ({ open, rows, close }) => {
      const frame = lengthOf(open) + lengthOf(close)
      let room = left - frame
      const kept = rows.slice(0, rowsThatFit(rows, room))
      cut += rows.length - kept.length
      if (room < 0 || (rows.length > 0 && kept.length === 0)) return
      room -= lengthOf(kept.flat())
      lines.push(...open, ...kept.flat(), ...close)
      left = room
    },
    result: () => ({ lines, cut }),
  }
}

function rowsThatFit(rows: readonly (readonly string[])[], room: number): number {
  let used = 0
  for (const [index, row] of rows.entries()) {
    used += lengthOf(row)
    if (used > room) return index
  }
  return rows.length
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0)
}
