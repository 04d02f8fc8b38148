/**
 * What goes on where a filter is being typed: a field, an operator, a value or a word between two conditions.
 */
import { fieldTitle } from './columns.ts'
import type { KnownFields } from './columns.ts'

/** What is being typed at the end of a filter. */
export type Typed =
  | { readonly kind: 'field'; readonly word: string }
  | { readonly kind: 'operator'; readonly word: string; readonly field: string }
  | { readonly kind: 'value'; readonly word: string; readonly field: string }
  | { readonly kind: 'joint'; readonly word: string }

/** One thing to go on with. */
export interface Suggestion {
  /** What takes the place of the word. */
  readonly text: string
  readonly note: string
}

const FIELDS = ['status', 'experiment', 'name', 'tag', 'model', 'branch', 'group', 'created', 'elapsed', 'id']
const MOST = 10

const KEY = String.raw`(?:metric|param)\.(?:"(?:[^"\\]|\\.)*"|[\w/-]+)(?:\.[\w/-]+|\."(?:[^"\\]|\\.)*")*`
const FIELD = String.raw`(?:${KEY}|${FIELDS.join('|')})`
const START = String.raw`(?:^|[\s(])`
const WORD = String.raw`("[^"]*|[^\s"=<>~!(),]*)$`
const TAG = new RegExp(`${START}tag:${WORD}`)
const VALUE = new RegExp(String.raw`${START}(${FIELD})\s*(?:=|!=|~)\s*${WORD}`)
const LISTED = new RegExp(String.raw`${START}(${FIELD})\s+(?:not\s+)?in\s*\((?:[^()]*,)?\s*${WORD}`, 'i')
const OPERATOR = new RegExp(String.raw`${START}(?:has\s+)?(${FIELD})\s+([a-z]*)$`)
const HAS = new RegExp(String.raw`${START}has\s+${FIELD}\s+[a-z]*$`, 'i')
const CONDITION = String.raw`(?:=|!=|~|<=|>=|<|>)\s*(?:"[^"]*"|[^\s"=<>~!(),]+)`
const JOINT = new RegExp(String.raw`(?:${CONDITION}|\))\s+([a-z]*)$`, 'i')

/** Tells what is being typed; of a text that is cut anywhere. */
export function typedAt(text: string): Typed {
  const tag = TAG.exec(text)
  if (tag !== null) return { kind: 'value', field: 'tag', word: tag[1] ?? '' }
  const value = VALUE.exec(text) ?? LISTED.exec(text)
  if (value !== null) return { kind: 'value', field: value[1] ?? '', word: value[2] ?? '' }
  const joint = JOINT.exec(text)
  if (joint !== null) return { kind: 'joint', word: joint[1] ?? '' }
  if (HAS.test(text)) return { kind: 'joint', word: /[a-z]*$/i.exec(text)?.[0] ?? '' }
  const operator = OPERATOR.exec(text)
  if (operator !== null) return { kind: 'operator', field: operator[1] ?? '', word: operator[2] ?? '' }
  return { kind: 'field', word: /[^\s(),=<>~!]*$/.exec(text)?.[0] ?? '' }
}

/** Suggestions that need no question; values are asked for. */
export function suggestionsFor(typed: Typed, known: KnownFields): readonly Suggestion[] {
  switch (typed.kind) {
    case 'field':
      return fieldsFor(typed.word, known)
    case 'operator':
      return startingWith(operatorsOf(typed.field), typed.word)
    case 'joint':
      return startingWith(['and', 'or'], typed.word)
    case 'value':
      return typed.field === 'status' ? startingWith(['running', 'finished', 'failed', 'killed'], typed.word) : []
  }
}

function fieldsFor(word: string, { parameters, metrics }: KnownFields): readonly Suggestion[] {
  if (word === '') return []
  const low = word.toLowerCase()
  const all = [
    ...FIELDS.map((text) => ({ text, note: '' })),
    ...[...metrics, ...parameters].map(({ field, runs }) => ({ text: field, note: runsText(runs) })),
  ]
  const found = all.filter(({ text }) => text.toLowerCase().includes(low) && text !== word)
  return found.sort((left, right) => rankOf(left.text, low) - rankOf(right.text, low)).slice(0, MOST)
}

/** How well a field goes with what was typed, the best first: people type `auc` and mean `metric."val/auc"`. */
function rankOf(field: string, low: string): number {
  const title = fieldTitle(field).toLowerCase()
  if (title === low) return 0
  if (field.toLowerCase().startsWith(low)) return 1
  if (title.startsWith(low)) return 2
  return lastPart(title).startsWith(low) ? 3 : 4
}

function lastPart(key: string): string {
  return key.replace(/^.*[/.]/, '')
}

/** At most three fields whose key is this word; those whose key ends with it where none is. */
export function fieldsCalled(word: string, { parameters, metrics }: KnownFields): readonly string[] {
  const all = [...metrics, ...parameters]
  const whole = all.filter(({ key }) => key === word)
  const found = whole.length > 0 ? whole : all.filter(({ key }) => lastPart(key) === word)
  return found.slice(0, 3).map(({ field }) => field)
}

/** How many runs, as people write it. */
export function runsText(runs: number): string {
  return `${runs.toLocaleString('en-GB')} ${runs === 1 ? 'run' : 'runs'}`
}

function operatorsOf(field: string): readonly string[] {
  if (field.startsWith('metric.') || field === 'elapsed' || field === 'created') return ['<', '<=', '>', '>=', '=']
  return field.startsWith('param.') ? ['=', '!=', '<', '>', 'in (', '~'] : ['=', '!=', 'in (', '~']
}

function startingWith(texts: readonly string[], word: string): readonly Suggestion[] {
  const found = texts.filter((text) => text.startsWith(word.toLowerCase()) && text !== word)
  return found.map((text) => ({ text, note: '' }))
}
