/**
 * An environment in parts, each with a digest, so that "the same environment?" is one comparison and "what differs?"
 * is six.
 *
 * Laws: equal environments have equal digests; the order of lists, where a package was read from, lock files and what
 * was not pinned count for nothing, because they change no result.
 */
import { canonicalJson } from '../base/canonical-json.ts'
import { sha256Of } from '../base/digest.ts'
import type { Sha256 } from '../base/digest.ts'
import { compareText } from '../base/order.ts'
import type { Value } from '../base/value.ts'
import type { Environment } from './environment.ts'

/** What an environment is made of, from what changes results most often to what does so least. */
export const ENVIRONMENT_PARTS = ['packages', 'languages', 'settings', 'drivers', 'hardware', 'system'] as const

/** `packages`, `languages`, `settings` (variables), `drivers` (GPU, CUDA), `hardware`, `system` (OS and container). */
export type EnvironmentPart = (typeof ENVIRONMENT_PARTS)[number]

/** A digest for each part. */
export type EnvironmentDigests = { readonly [Part in EnvironmentPart]: Sha256 }

/** Digests the parts of an environment. */
export function digestEnvironment(environment: Environment): EnvironmentDigests {
  const { os, cpu, gpus, cuda, container, languages, packages, variables } = environment
  return {
    packages: digestOf(sorted(packages.map(({ name, version }) => [name, version]))),
    languages: digestOf(sorted(languages.map(({ name, version }) => [name, version]))),
    settings: digestOf(sorted(variables.map(({ name, value }) => [name, value]))),
    drivers: digestOf([cuda ?? null, gpus.map(({ driver }) => driver ?? null)]),
    hardware: digestOf([cpu.model, BigInt(cpu.count), BigInt(cpu.memoryBytes), gpus.map(({ model }) => model)]),
    system: digestOf([os.name, os.release, os.arch, container?.kind ?? null, container?.image ?? null]),
  }
}

/** The parts that differ between two environments, in the order of `ENVIRONMENT_PARTS`; none when they are the same. */
export function differingParts(base: Environment, head: Environment): readonly EnvironmentPart[] {
  const [left, right] = [digestEnvironment(base), digestEnvironment(head)]
  return ENVIRONMENT_PARTS.filter((part) => left[part] !== right[part])
}

function digestOf(value: Value): Sha256 {
  return sha256Of(canonicalJson(value))
}

/** By their text, without repeats: a package may be found both installed and locked. */
function sorted(pairs: readonly (readonly [string, string])[]): Value {
  const byText = new Map(pairs.map((pair) => [pair.join('\0'), pair]))
  return [...byText].sort(([left], [right]) => compareText(left, right)).map(([, pair]) => pair)
}
