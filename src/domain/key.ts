/**
 * Keys: names of experiments, parameters and metrics. Freer than names of models, because they never become paths.
 */
import type { Brand } from '../base/brand.ts'
import { hiddenCharacterAt } from '../base/printable.ts'
import { refuse } from './failure.ts'

/** A checked experiment name. */
export type ExperimentName = Brand<string, 'ExperimentName'>

/** A checked parameter key; dots separate levels. */
export type ParameterKey = Brand<string, 'ParameterKey'>

/** A checked metric key; slashes group. */
export type MetricKey = Brand<string, 'MetricKey'>

const LIMIT_BYTES = 250

/** Reads an experiment name. @throws `name-invalid` */
export function parseExperimentName(text: string): ExperimentName {
  checkKey('experiment', text)
  return text as ExperimentName
}

/** Reads a parameter key. @throws `name-invalid` */
export function parseParameterKey(text: string): ParameterKey {
  checkKey('parameter', text)
  return text as ParameterKey
}

/** Reads a metric key. @throws `name-invalid` */
export function parseMetricKey(text: string): MetricKey {
  checkKey('metric', text)
  return text as MetricKey
}

/** Tells a metric of the machine, which `mlv run` samples itself, from one that says something about a model. */
export function isSystemMetric(key: MetricKey): boolean {
  return key.startsWith('system/')
}

/** Refuses a text that breaks the rules of keys; `kind` is what it was to name. @throws `name-invalid` */
export function checkKey(kind: string, text: string): void {
  const rule = brokenRule(text)
  if (rule !== undefined) throw refuse('name-invalid', { kind, text, rule })
}

function brokenRule(text: string): string | undefined {
  if (text.length === 0) return 'a name has at least one character'
  // As browsers count too: this is part of the pages of `mlv site`.
  if (text.length > LIMIT_BYTES || new TextEncoder().encode(text).length > LIMIT_BYTES)
    return `a name has at most ${LIMIT_BYTES} bytes`
  if (hiddenCharacterAt(text) !== undefined) return 'a name holds only characters that can be seen'
  if (text !== text.trim()) return 'a name neither starts nor ends with a space'
  return undefined
}
