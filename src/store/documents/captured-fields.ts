/**
 * What `run.yaml` has of a run that mlv itself started: where, with which parameters, what it took, and its stretches.
 */
import { valueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import { parseParameterKey } from '../../domain/key.ts'
import { parseGroup, parseWorkingFolder } from '../../domain/run.ts'
import type { RunFacts, RunResources, RunSegment } from '../../domain/run.ts'
import { countValue, fieldsOf, instantValue, listOf, optional, required, textAs, textBy, textValue } from './decode.ts'
import type { Decoder, Fields } from './decode.ts'
import type { Members } from './manifest.ts'
import { codeOf, codeValue, sha256Value } from './run-fields.ts'

/** The facts of a run that only its capture knows. */
export type CapturedFacts = Pick<RunFacts, 'workingFolder' | 'givenParameters' | 'resources' | 'segments' | 'group'>

/** Writes what is there of them. */
export function capturedMembers({
  workingFolder,
  givenParameters,
  resources,
  segments,
  group,
}: CapturedFacts): Members {
  return {
    workingFolder,
    givenParameters,
    resources: resources === undefined ? undefined : resourcesValue(resources),
    segments: segments?.map(segmentValue),
    group,
  }
}

/** Decodes what is there of them. */
export function capturedIn(fields: Fields): CapturedFacts {
  const workingFolder = optional(fields, 'workingFolder', textAs(parseWorkingFolder, 'a folder below the worktree'))
  const givenParameters = optional(fields, 'givenParameters', listOf(textBy(parseParameterKey)))
  const resources = optional(fields, 'resources', resourcesOf)
  const segments = optional(fields, 'segments', listOf(segmentOf))
  const group = optional(fields, 'group', textBy(parseGroup))
  return {
    ...(workingFolder === undefined ? {} : { workingFolder }),
    ...(givenParameters === undefined ? {} : { givenParameters }),
    ...(resources === undefined ? {} : { resources }),
    ...(segments === undefined ? {} : { segments }),
    ...(group === undefined ? {} : { group }),
  }
}

function resourcesValue({ elapsedMs, userMs, systemMs, peakMemoryBytes, hostName }: RunResources): Value {
  return valueMap({
    elapsedMs: BigInt(elapsedMs),
    userMs: userMs === undefined ? undefined : BigInt(userMs),
    systemMs: systemMs === undefined ? undefined : BigInt(systemMs),
    peakMemoryBytes: peakMemoryBytes === undefined ? undefined : BigInt(peakMemoryBytes),
    hostName,
  })
}

/** Decodes what the processes of a run took. */
export const resourcesOf: Decoder<RunResources> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const userMs = optional(fields, 'userMs', countValue)
  const systemMs = optional(fields, 'systemMs', countValue)
  const peakMemoryBytes = optional(fields, 'peakMemoryBytes', countValue)
  return {
    elapsedMs: required(fields, 'elapsedMs', countValue),
    ...(userMs === undefined ? {} : { userMs }),
    ...(systemMs === undefined ? {} : { systemMs }),
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
    hostName: required(fields, 'hostName', textValue),
  }
}

function segmentValue({ startedAt, command, code, environment }: RunSegment): Value {
  return valueMap({ startedAt, command, code: codeValue(code), environment })
}

/** Decodes a stretch of a run. */
export const segmentOf: Decoder<RunSegment> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    startedAt: required(fields, 'startedAt', instantValue),
    command: required(fields, 'command', listOf(textValue)),
    code: required(fields, 'code', codeOf),
    environment: required(fields, 'environment', sha256Value),
  }
}
