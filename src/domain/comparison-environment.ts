/**
 * What differs between two environments, as phrases a person compares at a glance.
 */
import { compareText } from '../base/order.ts'
import type { Environment } from './environment.ts'

/** One thing that differs; a side is absent where the thing is. */
export interface EnvironmentDifference {
  /**
   * `os`, `cpu`, `memory`, `gpu 0`, `cuda`, `container`, `language python`, `package numpy`,
   * `variable OMP_NUM_THREADS`.
   */
  readonly what: string
  readonly base?: string
  readonly head?: string
}

/** Compares two environments, sorted by what differs; none when either is not known. */
export function compareEnvironments(
  base: Environment | undefined,
  head: Environment | undefined,
): readonly EnvironmentDifference[] {
  if (base === undefined || head === undefined) return []
  const [baseFacts, headFacts] = [factsOf(base), factsOf(head)]
  const names = [...new Set([...baseFacts.keys(), ...headFacts.keys()])].sort(compareText)
  return names
    .filter((name) => baseFacts.get(name) !== headFacts.get(name))
    .map((name) => differenceOf(name, baseFacts.get(name), headFacts.get(name)))
}

function differenceOf(what: string, base: string | undefined, head: string | undefined): EnvironmentDifference {
  return { what, ...(base === undefined ? {} : { base }), ...(head === undefined ? {} : { head }) }
}

function factsOf(environment: Environment): ReadonlyMap<string, string> {
  const { os, cpu, gpus, cuda, container, languages, packages, variables } = environment
  return gathered([
    ['os', `${os.name} ${os.release} ${os.arch}`],
    ['cpu', `${cpu.count} x ${cpu.model}`],
    ['memory', `${cpu.memoryBytes} bytes`],
    ...gpus.map(
      ({ model, driver }, index) =>
        [`gpu ${index}`, driver === undefined ? model : `${model}, driver ${driver}`] as const,
    ),
    ...(cuda === undefined ? [] : [['cuda', cuda] as const]),
    ...(container === undefined ? [] : [['container', container.image ?? container.kind] as const]),
    ...languages.map(({ name, version }) => [`language ${name}`, version] as const),
    ...packages.map(({ name, version }) => [`package ${name}`, version] as const),
    ...variables.map(({ name, value }) => [`variable ${name}`, value] as const),
  ])
}

/** A package may be found twice, installed and locked; then both versions are told. */
function gathered(facts: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>()
  for (const [name, fact] of facts) found.set(name, (found.get(name) ?? new Set()).add(fact))
  return new Map([...found].map(([name, texts]) => [name, [...texts].sort(compareText).join(', ')]))
}
