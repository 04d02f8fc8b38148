/**
 * Revisions: every way to name a run or a version. Reading one says what it means, not whether it exists.
 */
import { hiddenCharacterAt } from '../base/printable.ts'
import { Failure, refuse } from './failure.ts'
import { parseMetricKey } from './key.ts'
import type { MetricKey } from './key.ts'
import { parseVersionNumber } from './model-version.ts'
import type { VersionNumber } from './model-version.ts'
import { parseAliasName, parseModelName } from './name.ts'
import type { AliasName, ModelName } from './name.ts'

/** A revision as read. `back` counts steps into the past, 0 for none. */
export type Revision =
  /** `01k9`: the start of a run id. May as well be a branch or an abbreviated commit; runs are looked for first. */
  | { readonly kind: 'run-prefix'; readonly prefix: string }
  /** `@` and `@~3`: the newest run, and the one three before it. */
  | { readonly kind: 'last-run'; readonly back: number }
  /** `churn@v12` and `churn@12`. */
  | { readonly kind: 'version'; readonly model: ModelName; readonly number: VersionNumber }
  /** `churn@production` and `churn@production~1`: what the alias names, and what it named one change earlier. */
  | { readonly kind: 'alias'; readonly model: ModelName; readonly alias: AliasName; readonly back: number }
  /** `churn@latest` and `churn@latest~1`: the highest number that is not retired, and the one before it. */
  | { readonly kind: 'latest'; readonly model: ModelName; readonly back: number }
  /** `best:val_auc`, or `best:min:loss` where no goal was declared: the run with the best value. */
  | { readonly kind: 'best'; readonly metric: MetricKey; readonly direction?: 'min' | 'max' }
  /** Anything git may know: `HEAD`, `main`, `v1.0^{}`. Stands for the runs made from that commit. */
  | { readonly kind: 'code'; readonly text: string }

const LIMIT_LENGTH = 1_000
const RUN_PREFIX = /^[0-9a-hjkmnp-tv-z]{1,26}$/
const LAST_RUN = /^@(?:~([0-9]{0,9}))?$/
const BEST = /^best:(?:(min|max):)?(.*)$/
// A model name holds no '@' and git's `main@{1}` has a brace after it.
const OF_MODEL = /^([A-Za-z0-9][A-Za-z0-9._-]*)@(?!\{)([^~]*)(?:~([0-9]{0,9}))?$/
const OF_MODEL_START = /^[A-Za-z0-9][A-Za-z0-9._-]*@(?!\{)/

/**
 * Reads a revision.
 *
 * @throws `argument-option-like` for text that starts with a dash; `revision-invalid` for text that is empty, has
 * hidden characters, or starts like one of mlv's own forms and does not end like it.
 */
export function parseRevision(text: string): Revision {
  if (text.startsWith('-')) throw refuse('argument-option-like', { argument: text, expected: 'a run or version' })
  const problem = problemOf(text)
  if (problem !== undefined) throw refuse('revision-invalid', { text, problem })
  return parseLastRun(text) ?? parseBest(text) ?? parseOfModel(text) ?? parseOther(text)
}

function problemOf(text: string): string | undefined {
  if (text.trim() === '') return 'nothing was named'
  if (text.length > LIMIT_LENGTH) return `it is longer than ${LIMIT_LENGTH} characters`
  if (hiddenCharacterAt(text) !== undefined) return 'it has a hidden character'
  return undefined
}

function parseLastRun(text: string): Revision | undefined {
  const found = LAST_RUN.exec(text)
  return found === null ? undefined : { kind: 'last-run', back: stepsBack(text, found[1]) }
}

function parseBest(text: string): Revision | undefined {
  const [matched, direction, metricText = ''] = BEST.exec(text) ?? []
  if (matched === undefined) return undefined
  const metric = readName(text, () => parseMetricKey(metricText))
  if (direction !== 'min' && direction !== 'max') return { kind: 'best', metric }
  return { kind: 'best', metric, direction }
}

function parseOfModel(text: string): Revision | undefined {
  if (!OF_MODEL_START.test(text)) return undefined
  const [matched, modelText = '', label = '', steps] = OF_MODEL.exec(text) ?? []
  if (matched === undefined) throw refuse('revision-invalid', { text, problem: "after '~' comes a number of steps" })
  const model = readName(text, () => parseModelName(modelText))
  const back = stepsBack(text, steps)
  if (label === 'latest') return { kind: 'latest', model, back }
  if (/^v?[0-9]+$/.test(label)) return { kind: 'version', model, number: readVersionNumber(text, label) }
  return { kind: 'alias', model, alias: readName(text, () => parseAliasName(label)), back }
}

function parseOther(text: string): Revision {
  return RUN_PREFIX.test(text) ? { kind: 'run-prefix', prefix: text } : { kind: 'code', text }
}

/** Steps after a `~`, which alone is one step, as in git; 0 when there is no `~`. */
function stepsBack(revision: string, digits: string | undefined): number {
  if (digits === undefined || digits === '') return revision.includes('~') ? 1 : 0
  return Number(digits)
}

function readVersionNumber(text: string, label: string): VersionNumber {
  const number = parseVersionNumber(label)
  if (number !== undefined && !text.includes('~')) return number
  const problem =
    number === undefined
      ? 'a version number has one to nine digits, the first of them not 0'
      : "a version never changes, so '~' needs an alias or 'latest' before it"
  throw refuse('revision-invalid', { text, problem })
}

/** Reads a name inside a revision; the rule it breaks becomes the problem of the revision. */
function readName<Name>(text: string, read: () => Name): Name {
  try {
    return read()
  } catch (caught) {
    if (caught instanceof Failure && caught.detail.code === 'name-invalid') {
      throw refuse('revision-invalid', { text, problem: caught.detail.data.rule })
    }
    throw caught
  }
}
