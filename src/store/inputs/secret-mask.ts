/**
 * Takes secrets out of what a command printed: those with a shape of their own, and those this machine knows by value.
 *
 * Works on a stream in windows that overlap, so a secret is found wherever the chunks break, and memory stays bounded.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'
import { readTextIfAny } from './input-text.ts'
/** Environment variables, as `process.env` has them. */
type Variables = Readonly<Record<string, string | undefined>>
import { isSecretUnder, MASKED } from '../../domain/secret-words.ts'
import { findSecretSpans, looksRandom, namesSecret } from './secret-scan.ts'
import type { SecretSpan } from './secret-scan.ts'

/** Takes the secrets out of texts and streams. */
export interface SecretMask {
  /** The text with every secret replaced. */
  readonly text: (text: string) => string
  /** The same bytes with every secret replaced; the last chunk comes when the source has ended. */
  readonly stream: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
  /** How many secrets were replaced so far. */
  readonly count: () => number
}

/** Makes the mask for values that are known; shapes are always looked for. */
export function secretMask(values: readonly string[]): SecretMask {
  const known = valuesPattern(values)
  let count = 0
  const spansIn = (text: string): readonly SecretSpan[] => {
    const spans = [...findSecretSpans(text)]
    if (known !== undefined) {
      for (const match of text.matchAll(known)) spans.push({ start: match.index, end: match.index + match[0].length })
    }
    return merged(spans)
  }
  const mask = (text: string, spans: readonly SecretSpan[], range: SecretSpan): string => {
    let [masked, at] = ['', range.start]
    for (const { start, end } of spans) {
      if (end <= range.start || start >= range.end) continue
      masked += text.slice(at, Math.max(at, start)) + MASKED
      at = end
      count += 1
    }
    return masked + text.slice(at, Math.max(at, range.end))
  }
  return {
    count: () => count,
    // Byte for byte, so that what is no UTF-8 stays what it is.
    text: (text) => {
      const bytes = Buffer.from(text, 'utf8').toString('latin1')
      return Buffer.from(mask(bytes, spansIn(bytes), { start: 0, end: bytes.length }), 'latin1').toString('utf8')
    },
    stream: (chunks) => maskedStream(chunks, spansIn, mask),
  }
}

/** The values this machine knows to be secret: of variables by their names, and all that `.env` files set. */
export async function knownSecrets(
  files: Files,
  folders: readonly string[],
  variables: Variables,
): Promise<readonly string[]> {
  const named = secretVariables(variables).map(([, value]) => value)
  const found = await dotenvSettings(files, folders)
  return [...new Set([...named, ...found.map(({ value }) => value)])]
}

/**
 * Those of them that are secret beyond doubt: the name ends in what it is, or a `.env` file sets what looks random. A
 * `.env` file also names models, and a variable such as `TOKENIZER` none but a word of the command.
 */
export async function certainSecrets(
  files: Files,
  folders: readonly string[],
  variables: Variables,
): Promise<readonly string[]> {
  const named = secretVariables(variables).filter(([name, value]) => isCertain(name, value))
  const found = (await dotenvSettings(files, folders)).filter(
    ({ name, value }) => isCertain(name, value) || looksRandom(value),
  )
  return [...new Set([...named.map(([, value]) => value), ...found.map(({ value }) => value)])]
}

/** The variables whose names say that their values are secret. */
export function secretVariables(variables: Variables): readonly (readonly [name: string, value: string])[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    value !== undefined && value !== '' && namesSecret(name) ? [[name, value] as const] : [],
  )
}

function isCertain(name: string, value: string): boolean {
  return value.length >= SHORTEST_CERTAIN && isSecretUnder(name, value)
}

const SHORTEST_CERTAIN = 10

const WINDOW = 256 * 1024
/** Longer than any shape, the body of a private key included. */
const OVERLAP = 24 * 1024
/** What shapes look at before they begin: the start of a line, the character in front of a word. */
const CONTEXT = 256
const SHORTEST_VALUE = 8
const LONGEST_VALUE = 8_192
const MOST_VALUES = 1_000
const DOTENV_LIMIT_BYTES = 1024 * 1024

type Spans = (text: string) => readonly SecretSpan[]
type Mask = (text: string, spans: readonly SecretSpan[], range: SecretSpan) => string

async function* maskedStream(
  chunks: AsyncIterable<Uint8Array>,
  spansIn: Spans,
  mask: Mask,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [text, from] = ['', 0]
  const cutAt = (until: number): Uint8Array | undefined => {
    const spans = spansIn(text)
    // A secret that crosses the cut belongs to the next window.
    const crossing = spans.find(({ start, end }) => start < until && end > until)
    const cut = until === text.length ? until : Math.max(from, crossing?.start ?? until)
    const bytes = Buffer.from(mask(text, spans, { start: from, end: cut }), 'latin1')
    const kept = Math.max(0, cut - CONTEXT)
    text = text.slice(kept)
    from = cut - kept
    return bytes.length === 0 ? undefined : bytes
  }
  for await (const chunk of chunks) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.length < from + WINDOW + OVERLAP) continue
    const bytes = cutAt(text.length - OVERLAP)
    if (bytes !== undefined) yield bytes
  }
  const last = cutAt(text.length)
  if (last !== undefined) yield last
}

function merged(spans: readonly SecretSpan[]): readonly SecretSpan[] {
  const result: { start: number; end: number }[] = []
  for (const { start, end } of [...spans].sort((left, right) => left.start - right.start)) {
    const last = result.at(-1)
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end)
    else result.push({ start, end })
  }
  return result
}

/**
 * One pattern for all values, longest first; a value of several lines is looked for line by line, and each as it is and
 * as JSON writes it.
 */
function valuesPattern(values: readonly string[]): RegExp | undefined {
  const plain = values.flatMap((value) => value.split(/\r?\n|\\n/)).map((line) => line.trim())
  const lines = plain.flatMap((line) => [line, JSON.stringify(line).slice(1, -1)])
  const worth = [...new Set(lines)].filter((line) => line.length >= SHORTEST_VALUE && line.length <= LONGEST_VALUE)
  if (worth.length === 0) return undefined
  const patterns = worth
    .sort((left, right) => right.length - left.length)
    .slice(0, MOST_VALUES)
    .map((line) =>
      Buffer.from(line, 'utf8')
        .toString('latin1')
        .replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'),
    )
  return new RegExp(patterns.join('|'), 'g')
}

/** `.env`, `.env.local`, ...; examples without secrets are called `.env.example` and the like. */
async function dotenvSettings(files: Files, folders: readonly string[]): Promise<readonly Setting[]> {
  return (await Promise.all([...new Set(folders)].map((folder) => settingsIn(files, folder)))).flat()
}

interface Setting {
  readonly name: string
  readonly value: string
}

async function settingsIn(files: Files, folder: string): Promise<readonly Setting[]> {
  const entries = await files.readFolder(folder).catch(() => [])
  const names = entries.filter(({ name }) => /^\.env(?:\.(?!example$|sample$|template$|dist$)[\w.-]+)?$/.test(name))
  const texts = await Promise.all(names.map(({ name }) => readTextIfAny(files, join(folder, name), DOTENV_LIMIT_BYTES)))
  return texts.flatMap((text) => settingsOf(text ?? ''))
}

const DOTENV_LINE = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|'[^']*'|[^\n]*)$/gm
/** Settings that say nothing about who may do what; masking them would make output unreadable. */
const HARMLESS = /^(?:true|false|[\d.,:_-]+|\.{0,2}\/[^:@]*|https?:\/\/[^@?]*)$/i

function settingsOf(text: string): readonly Setting[] {
  return [...text.matchAll(DOTENV_LINE)].flatMap((match) => {
    const [, name = '', raw = ''] = match
    const value = /^["']/.test(raw) ? raw.slice(1, -1) : raw.replace(/[ \t]+#.*$/, '').trim()
    return HARMLESS.test(value) ? [] : [{ name, value }]
  })
}
