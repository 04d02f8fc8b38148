/**
 * `environment.yaml`: what a run ran on. Equal environments are equal bytes, so runs share one blob. Never rewritten.
 */
import { valueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import type { Container, Environment } from '../../domain/environment.ts'
import { countValue, fieldsOf, listOf, oneOf, optional, required, textValue } from './decode.ts'
import type { Decoder } from './decode.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { sha256Value } from './run-fields.ts'

/** Writes `environment.yaml`. */
export function encodeEnvironment(environment: Environment): Uint8Array {
  const { os, cpu, gpus, cuda, container, languages, packages, variables, lockFiles, unpinned } = environment
  return writeManifest('environment', {
    os: valueMap({ ...os }),
    cpu: valueMap({ model: cpu.model, count: BigInt(cpu.count), memoryBytes: BigInt(cpu.memoryBytes) }),
    gpus: gpus.map(textMembers),
    cuda,
    container: container === undefined ? undefined : textMembers({ ...container }),
    languages: languages.map(textMembers),
    packages: packages.map(textMembers),
    variables: variables.map(textMembers),
    lockFiles: lockFiles?.map(textMembers),
    unpinned,
  })
}

/**
 * Reads `environment.yaml`.
 *
 * @throws `format-newer`, `document-malformed` and what `readStrictYaml` refuses
 */
export function decodeEnvironment(bytes: Uint8Array, file: string): Environment {
  const fields = readManifest(bytes, file, 'environment')
  const cuda = optional(fields, 'cuda', textValue)
  const container = optional(fields, 'container', containerOf)
  const lockFiles = optional(fields, 'lockFiles', listOf(lockFileOf))
  return {
    os: required(fields, 'os', osOf),
    cpu: required(fields, 'cpu', cpuOf),
    gpus: required(fields, 'gpus', listOf(gpuOf)),
    ...(cuda === undefined ? {} : { cuda }),
    ...(container === undefined ? {} : { container }),
    ...(lockFiles === undefined ? {} : { lockFiles }),
    languages: required(fields, 'languages', listOf(languageOf)),
    packages: required(fields, 'packages', listOf(packageOf)),
    variables: required(fields, 'variables', listOf(variableOf)),
    unpinned: required(fields, 'unpinned', listOf(textValue)),
  }
}

function textMembers(members: { readonly [key: string]: string }): Value {
  return valueMap(members)
}

const osOf: Decoder<Environment['os']> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    name: required(fields, 'name', textValue),
    release: required(fields, 'release', textValue),
    arch: required(fields, 'arch', textValue),
  }
}

const cpuOf: Decoder<Environment['cpu']> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    model: required(fields, 'model', textValue),
    count: required(fields, 'count', countValue),
    memoryBytes: required(fields, 'memoryBytes', countValue),
  }
}

const gpuOf: Decoder<Environment['gpus'][number]> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const model = required(fields, 'model', textValue)
  const driver = optional(fields, 'driver', textValue)
  return driver === undefined ? { model } : { model, driver }
}

const languageOf: Decoder<Environment['languages'][number]> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { name: required(fields, 'name', textValue), version: required(fields, 'version', textValue) }
}

const packageOf: Decoder<Environment['packages'][number]> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    name: required(fields, 'name', textValue),
    version: required(fields, 'version', textValue),
    source: required(fields, 'source', textValue),
  }
}

const variableOf: Decoder<Environment['variables'][number]> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { name: required(fields, 'name', textValue), value: required(fields, 'value', textValue) }
}

const containerOf: Decoder<Container> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const image = optional(fields, 'image', textValue)
  const kind = required(fields, 'kind', oneOf('docker', 'podman', 'kubernetes', 'apptainer', 'other'))
  return image === undefined ? { kind } : { kind, image }
}

const lockFileOf: Decoder<NonNullable<Environment['lockFiles']>[number]> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return { path: required(fields, 'path', textValue), sha256: required(fields, 'sha256', sha256Value) }
}
