/**
 * Colours of a terminal as classes: a printed line in parts, each with the names of what it looks like. Nothing else a
 * line tells a terminal is done or shown.
 */

/** Part of a line that looks one way. */
export interface AnsiPart {
  readonly text: string
  /** Classes such as `ansi-1 ansi-bold`; empty for plain text. */
  readonly look: string
}

// One sequence: its parameters where it sets colours (`m`), nothing for any other.
const SEQUENCE =
  /\u001b(?:\[([0-9;:]{0,64})m|\[[0-?]{0,64}[ -/]{0,4}[@-~]|\][^\u0007\u001b]{0,1024}(?:\u0007|\u001b\\)?|[^[\]]|$)/g
// What a terminal does not print.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

interface Style {
  readonly fore: number | undefined
  readonly back: number | undefined
  readonly words: ReadonlySet<string>
}

const PLAIN: Style = { fore: undefined, back: undefined, words: new Set() }
const WORDS: Readonly<Record<number, string>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'struck',
}
const ENDS: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['struck'],
}

/** Takes a line apart. Colours beyond the sixteen of a terminal become the nearest of those. */
export function ansiParts(line: string): readonly AnsiPart[] {
  if (!line.includes('\u001b')) return [{ text: line.replace(CONTROLS, ''), look: '' }]
  const parts: AnsiPart[] = []
  let style = PLAIN
  let at = 0
  const add = (until: number): void => {
    const text = line.slice(at, until).replace(CONTROLS, '')
    if (text !== '') parts.push({ text, look: lookOf(style) })
  }
  for (const found of line.matchAll(SEQUENCE)) {
    add(found.index)
    at = found.index + found[0].length
    if (found[0].endsWith('m') && found[1] !== undefined) style = styled(style, found[1])
  }
  add(line.length)
  return parts
}

function lookOf({ fore, back, words }: Style): string {
  const names = [...words].map((word) => `ansi-${word}`)
  if (fore !== undefined) names.push(`ansi-${fore}`)
  if (back !== undefined) names.push(`ansi-on-${back}`)
  return names.join(' ')
}

function styled(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number)
  let next = style
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0
    if (code === 38 || code === 48) {
      const isIndexed = codes[index + 1] === 5
      const colour = isIndexed ? ofIndex(codes[index + 2] ?? 0) : nearest(codes.slice(index + 2, index + 5))
      next = code === 38 ? { ...next, fore: colour } : { ...next, back: colour }
      index += isIndexed ? 2 : 4
    } else next = withCode(next, code)
  }
  return next
}

function withCode(style: Style, code: number): Style {
  const word = WORDS[code]
  if (code === 0) return PLAIN
  if (word !== undefined) return { ...style, words: new Set([...style.words, word]) }
  const ends = ENDS[code]
  if (ends !== undefined) return { ...style, words: new Set([...style.words].filter((each) => !ends.includes(each))) }
  if (code >= 30 && code <= 37) return { ...style, fore: code - 30 }
  if (code >= 90 && code <= 97) return { ...style, fore: code - 82 }
  if (code >= 40 && code <= 47) return { ...style, back: code - 40 }
  if (code >= 100 && code <= 107) return { ...style, back: code - 92 }
  if (code === 39) return { ...style, fore: undefined }
  return code === 49 ? { ...style, back: undefined } : style
}

function ofIndex(index: number): number {
  if (index < 16) return index
  if (index >= 232) return nearest(Array.from({ length: 3 }, () => 8 + (index - 232) * 10))
  const cube = index - 16
  return nearest(
    [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => (level === 0 ? 0 : 55 + level * 40)),
  )
}

/** Black, red, green, yellow, blue, magenta, cyan, white; then their brighter kin. */
function nearest([red = 0, green = 0, blue = 0]: readonly number[]): number {
  const most = Math.max(red, green, blue)
  const isOn = (level: number): boolean => level > most / 2 && level > 60
  const hue = (isOn(red) ? 1 : 0) + (isOn(green) ? 2 : 0) + (isOn(blue) ? 4 : 0)
  return hue === 7 && most < 150 ? 8 : most > 200 && hue !== 0 ? hue + 8 : hue
}
