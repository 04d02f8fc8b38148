/**
 * Entries of columns put together to cells: a value as it is, lists, maps and structs as JSON with every digit. Source:
 * S. Melnik et al., Dremel: interactive analysis of web-scale datasets, VLDB 2010.
 */
import type { Cell } from '../../domain/table-window.ts'
import type { ParquetBudget } from './parquet-budget.ts'
import type { LeafEntries } from './parquet-entries.ts'
import type { LevelledNode } from './parquet-layout.ts'
import type { PageValues } from './parquet-pages.ts'
import { damaged } from './parquet-problem.ts'
import { valueFormat } from './parquet-text.ts'
import type { ValueFormat } from './parquet-text.ts'
import { isListNode, isMapNode, isWrapper } from './parquet-type.ts'
import { cutCell, LIMIT_CELL_CHARACTERS } from './table-cells.ts'

/** Cells of so many rows of a column, from the entries of its columns of values. @throws `ParquetProblem` */
export function cellsOf(
  node: LevelledNode,
  leaves: readonly LeafEntries[],
  count: number,
  budget: ParquetBudget,
): readonly Cell[] {
  const texts = new Texts(budget)
  const cursors = leaves.map((entries) => new Cursor(entries, texts))
  const [first] = cursors
  if (node.children.length === 0 && node.element.isRepeated !== true && first !== undefined) {
    const format = valueFormat(node.element)
    return Array.from({ length: count }, () => {
      const text = first.take(node, format)
      return text === undefined ? null : budget.show(text)
    })
  }
  const writer = new CellWriter(cursors, node.firstLeaf)
  return Array.from({ length: count }, () => {
    const text = writer.cell(node)
    return text === undefined ? null : budget.show(budget.text(text))
  })
}

/** Texts of values; of a value in a dictionary once. */
class Texts {
  readonly #budget: ParquetBudget
  readonly #known = new Map<PageValues['raw'], string[]>()

  constructor(budget: ParquetBudget) {
    this.#budget = budget
  }

  of({ raw, places }: PageValues, index: number, format: ValueFormat): string {
    if (places === undefined) return this.#budget.text(format.textAt(raw, index))
    let known = this.#known.get(raw)
    if (known === undefined) {
      known = []
      this.#known.set(raw, known)
    }
    const place = places[index] ?? 0
    return (known[place] ??= this.#budget.text(format.textAt(raw, place)))
  }
}

/** The entries of a column of values, one after another. */
class Cursor {
  readonly #entries: LeafEntries
  readonly #texts: Texts
  #at = 0
  #value = 0

  constructor(entries: LeafEntries, texts: Texts) {
    this.#entries = entries
    this.#texts = texts
  }

  /** Levels of the entry that comes next; -1 behind the last. */
  get definition(): number {
    return this.#entries.definitions[this.#at] ?? -1
  }

  get repetition(): number {
    return this.#entries.repetitions[this.#at] ?? -1
  }

  /** Goes on behind the next entry, and tells its value if it has one and a format is given. */
  take(leaf: LevelledNode, format: ValueFormat | undefined): string | undefined {
    const { definition } = this
    if (definition === -1) throw damaged('a column ends before its rows')
    this.#at += 1
    if (definition !== leaf.definition) return undefined
    const source = this.#entries.sources[this.#value]
    const index = this.#entries.indices[this.#value] ?? 0
    this.#value += 1
    return format === undefined || source === undefined ? undefined : this.#texts.of(source, index, format)
  }
}

/** Writes cells of nested columns. */
class CellWriter {
  readonly #cursors: readonly Cursor[]
  readonly #firstLeaf: number
  readonly #formats = new Map<LevelledNode, ValueFormat>()
  readonly #names = new Map<LevelledNode, string>()
  #text = ''

  constructor(cursors: readonly Cursor[], firstLeaf: number) {
    this.#cursors = cursors
    this.#firstLeaf = firstLeaf
  }

  /** The cell of the next row; `undefined` for none. */
  cell(node: LevelledNode): string | undefined {
    this.#text = ''
    this.#node(node)
    // Where its columns of values disagree, what comes next would be taken for another row's.
    if (this.#cursors.some(({ repetition }) => repetition > 0)) throw damaged('its lists do not fit each other')
    return this.#text === 'null' ? undefined : cutCell(this.#text)
  }

  #node(node: LevelledNode): void {
    const isThere = this.#cursor(node).definition >= node.definition
    if (node.element.isRepeated === true) this.#list(node, isThere)
    else if (isThere) this.#content(node)
    else this.#absent(node, 'null')
  }

  /** Items that follow each other; a node that is repeated is one of them at a time. */
  #list(node: LevelledNode, isThere: boolean, write = (): void => this.#content(node)): void {
    if (!isThere) {
      this.#absent(node, '[]')
      return
    }
    this.#add('[')
    write()
    while (this.#cursor(node).repetition === node.repetition) {
      this.#add(',')
      write()
    }
    this.#add(']')
  }

  #content(node: LevelledNode): void {
    const { element, children } = node
    const [only] = children
    if (only === undefined) this.#value(node)
    else if (isMapNode(element) && only.children.length === 2 && only.element.isRepeated === true) this.#map(only)
    else if (isListNode(element) && children.length === 1 && only.element.isRepeated === true) {
      const [item] = only.children
      const isThere = this.#cursor(only).definition >= only.definition
      if (item !== undefined && isWrapper(only.element, only.children.length)) {
        this.#list(only, isThere, () => this.#node(item))
      } else this.#list(only, isThere)
    } else this.#struct(children)
  }

  #struct(children: readonly LevelledNode[]): void {
    this.#add('{')
    for (const [index, child] of children.entries()) {
      this.#add(index === 0 ? '' : ',')
      this.#add(this.#name(child))
      this.#node(child)
    }
    this.#add('}')
  }

  /** Of a name no more than is shown of a cell: it stands at every item. */
  #name(node: LevelledNode): string {
    const known = this.#names.get(node) ?? `${JSON.stringify(node.element.name)}:`.slice(0, LIMIT_CELL_CHARACTERS + 1)
    this.#names.set(node, known)
    return known
  }

  #map(entries: LevelledNode): void {
    const [key, value] = entries.children
    if (this.#cursor(entries).definition < entries.definition || key === undefined || value === undefined) {
      this.#absent(entries, '{}')
      return
    }
    this.#add('{')
    for (let isFirst = true; isFirst || this.#cursor(entries).repetition === entries.repetition; isFirst = false) {
      if (!isFirst) this.#add(',')
      this.#key(key)
      this.#add(':')
      this.#node(value)
    }
    this.#add('}')
  }

  /** A key of JSON is a text, whatever it was. */
  #key(key: LevelledNode): void {
    const before = this.#text
    const isFull = this.#isFull()
    this.#text = ''
    this.#node(key)
    const text = this.#text
    this.#text = before
    if (!isFull) this.#add(text.startsWith('"') ? text : JSON.stringify(text))
  }

  #value(leaf: LevelledNode): void {
    const known = this.#formats.get(leaf) ?? valueFormat(leaf.element)
    this.#formats.set(leaf, known)
    const text = this.#cursor(leaf).take(leaf, this.#isFull() ? undefined : known)
    if (text === undefined) this.#add('null')
    else this.#add(known.isBare && !/^-?[IN]/.test(text) ? text : JSON.stringify(text))
  }

  /** Nothing: all columns of values in it have one entry to say so. */
  #absent(node: LevelledNode, text: string): void {
    for (let leaf = 0; leaf < node.leafCount; leaf += 1) this.#cursorAt(node.firstLeaf + leaf).take(NO_LEAF, undefined)
    this.#add(text)
  }

  #cursor({ firstLeaf }: LevelledNode): Cursor {
    return this.#cursorAt(firstLeaf)
  }

  #cursorAt(leaf: number): Cursor {
    const cursor = this.#cursors[leaf - this.#firstLeaf]
    if (cursor === undefined) throw damaged('a column is missing')
    return cursor
  }

  #isFull(): boolean {
    return this.#text.length > LIMIT_CELL_CHARACTERS
  }

  #add(text: string): void {
    if (!this.#isFull()) this.#text += text
  }
}

/** What an entry without a value is taken as. */
const NO_LEAF: LevelledNode = {
  element: { name: '', childCount: 0 },
  children: [],
  definition: -2,
  repetition: 0,
  firstLeaf: 0,
  leafCount: 1,
}
