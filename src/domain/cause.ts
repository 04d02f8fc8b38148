/**
 * Causes: what may make two runs end with different metrics, and which of these were not the same.
 *
 * Laws: nothing differs from itself, and turning the sides around gives the same causes.
 */
import { compareText } from '../base/order.ts'
import { compareRuns } from './comparison.ts'
import type { Comparison, ComparisonSide, DatasetDifference, ParameterDifference } from './comparison.ts'
import type { Dataset } from './dataset.ts'
import type { ParameterKey } from './key.ts'
import type { ParameterValue } from './parameter.ts'

/** What may differ between two runs; `seed` is a parameter that only feeds a random generator. */
export type Cause = 'code' | 'data' | 'parameters' | 'environment' | 'hardware' | 'seed'

/** Every cause, in the order they are told. */
export const CAUSES: readonly Cause[] = ['code', 'data', 'parameters', 'environment', 'hardware', 'seed']

/** A cause that was not the same, with what was seen of it. */
export interface CauseDifference {
  readonly cause: Cause
  /** Short lines such as `lr: 0.1 -> 0.2`, sorted; at least one, at most nine. */
  readonly evidence: readonly string[]
}

/** One side: what a comparison knows, the command, and the code without what counts as another cause. */
export interface CauseSide extends ComparisonSide {
  /** The command and its arguments as executed; absent when it is not known. */
  readonly command?: readonly string[]
  /**
   * Object names of the code's files by path, without files that are recorded as parameters or data: those are causes
   * of their own. Absent when it is not known; then the whole trees are compared.
   */
  readonly codeFiles?: ReadonlyMap<string, string>
}

const EVIDENCE_LIMIT = 8
const SHORT_DIGITS = 12
const SEED = /(?:^|[._/-])(?:[a-z]*_?seed|seed_[a-z]+|random_?state|rng)$/i
const HARDWARE = /^(?:cpu|memory|gpu\b.*)$/

/** Tells whether a parameter only feeds a random generator, by its name: `seed`, `data.random_state`, `np_seed`. */
export function isSeed(key: ParameterKey): boolean {
  return SEED.test(key)
}

/** What was not the same, in the order of `CAUSES`; empty when all that is known was. */
export function causesBetween(base: CauseSide, head: CauseSide): readonly CauseDifference[] {
  const comparison = compareRuns({ ...base, files: [] }, { ...head, files: [] })
  const evidence: { readonly [C in Cause]: readonly string[] } = {
    code: codeEvidence(base, head, comparison),
    data: comparison.datasets.map(datasetEvidence),
    parameters: [
      ...comparison.parameters.filter(({ key }) => !isSeed(key)).map(parameterEvidence),
      ...commandEvidence(base.command, head.command, comparison.parameters),
    ],
    environment: environmentEvidence(comparison, false),
    hardware: environmentEvidence(comparison, true),
    seed: comparison.parameters.filter(({ key }) => isSeed(key)).map(parameterEvidence),
  }
  return CAUSES.flatMap((cause) => {
    return evidence[cause].length === 0 ? [] : [{ cause, evidence: shortened(evidence[cause]) }]
  })
}

/** What cannot be compared because it was never pinned, one phrase each, sorted: a cause may hide there. */
export function unpinnedBetween(base: CauseSide, head: CauseSide): readonly string[] {
  const phrases = [base, head].flatMap(({ label, code, datasets, environment }) => [
    ...(code.kind === 'none' ? [`code of ${label}: ${code.reason}`] : []),
    ...datasets.filter(({ pin }) => pin === undefined).map(({ uri }) => `data ${uri}: nothing pins it`),
    ...(environment === undefined ? [`environment of ${label}: it is not recorded`] : environment.unpinned),
  ])
  return [...new Set(phrases)].sort(compareText)
}

function codeEvidence(base: CauseSide, head: CauseSide, { code }: Comparison): readonly string[] {
  if (code.same) return []
  if (base.codeFiles !== undefined && head.codeFiles !== undefined) return fileEvidence(base.codeFiles, head.codeFiles)
  return [`code: ${shortCommit(code.baseCommit)} -> ${shortCommit(code.headCommit)}`]
}

function shortCommit(commit: string | undefined): string {
  return commit?.slice(0, SHORT_DIGITS) ?? 'none'
}

function fileEvidence(base: ReadonlyMap<string, string>, head: ReadonlyMap<string, string>): readonly string[] {
  const paths = [...new Set([...base.keys(), ...head.keys()])].sort(compareText)
  return paths.flatMap((path) => {
    if (base.get(path) === head.get(path)) return []
    if (!base.has(path)) return [`${path} added`]
    return [head.has(path) ? `${path} changed` : `${path} removed`]
  })
}

function datasetEvidence({ uri, base, head }: DatasetDifference): string {
  return `${uri}: ${datasetText(base)} -> ${datasetText(head)}`
}

function datasetText(dataset: Dataset | undefined): string {
  if (dataset === undefined) return 'absent'
  const { pin, rows, sizeBytes } = dataset
  const amounts = [
    ...(rows === undefined ? [] : [`${rows} rows`]),
    ...(sizeBytes === undefined ? [] : [`${sizeBytes} bytes`]),
  ]
  if (pin === undefined) return ['not pinned', ...amounts].join(', ')
  const identity = pin.kind === 'sha256' ? `sha256 ${pin.sha256.slice(0, SHORT_DIGITS)}` : `${pin.scheme} ${pin.id}`
  return [identity, ...amounts].join(', ')
}

function parameterEvidence({ key, base, head }: ParameterDifference): string {
  return `${key}: ${valueText(base)} -> ${valueText(head)}`
}

function valueText(value: ParameterValue | undefined): string {
  if (value === undefined) return 'absent'
  return Array.isArray(value) ? `[${value.map(String).join(', ')}]` : String(value)
}

function environmentEvidence({ environment }: Comparison, isHardware: boolean): readonly string[] {
  return environment
    .filter(({ what }) => HARDWARE.test(what) === isHardware)
    .map(({ what, base, head }) => `${what}: ${base ?? 'absent'} -> ${head ?? 'absent'}`)
}

/** Values of parameters are written into commands; a command that differs in nothing else is the same command. */
function commandEvidence(
  base: readonly string[] | undefined,
  head: readonly string[] | undefined,
  parameters: readonly ParameterDifference[],
): readonly string[] {
  if (base === undefined || head === undefined) return []
  const isSame =
    base.length === head.length &&
    base.every((part, index) => {
      const other = head[index] ?? ''
      return part === other || isSameProgram(index, part, other) || isExplained(part, other, parameters)
    })
  return isSame ? [] : [`command: ${base.join(' ')} -> ${head.join(' ')}`]
}

/** An interpreter may be in another folder; its version is part of the environment. */
function isSameProgram(index: number, base: string, head: string): boolean {
  return index === 0 && base.slice(base.lastIndexOf('/') + 1) === head.slice(head.lastIndexOf('/') + 1)
}

function isExplained(base: string, head: string, parameters: readonly ParameterDifference[]): boolean {
  return parameters.some((parameter) => {
    const [before, after] = [valueText(parameter.base), valueText(parameter.head)]
    return (
      before !== '' &&
      base.split(before).some((_, cut, parts) => {
        return cut > 0 && head === `${parts.slice(0, cut).join(before)}${after}${parts.slice(cut).join(before)}`
      })
    )
  })
}

function shortened(evidence: readonly string[]): readonly string[] {
  if (evidence.length <= EVIDENCE_LIMIT + 1) return evidence
  return [...evidence.slice(0, EVIDENCE_LIMIT), `and ${evidence.length - EVIDENCE_LIMIT} more`]
}
