/**
 * Small valid records for tests that are about something else.
 */
import { ulidFrom } from '../../src/base/ulid.ts'
import type { Ulid } from '../../src/base/ulid.ts'
import { sha256Of } from '../../src/base/digest.ts'
import type { ArtifactFile } from '../../src/domain/artifact.ts'
import { parseArtifactPath } from '../../src/domain/artifact-path.ts'
import { parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import { singleValue } from '../../src/domain/metric-summary.ts'
import type { Goal, Metrics } from '../../src/domain/metric.ts'
import type { Parameters, ParameterValue } from '../../src/domain/parameter.ts'

/** The ULID of 2026-11-20T09:30:00Z whose random part ends in a number. */
export function sampleUlid(number: number): Ulid {
  return ulidFrom(Date.UTC(2026, 10, 20, 9, 30), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, number >> 8, number & 255))
}

/** Parameters from an object literal. */
export function parametersOf(members: Readonly<Record<string, ParameterValue>>): Parameters {
  return new Map(Object.entries(members).map(([key, value]) => [parseParameterKey(key), value]))
}

/** Metrics of one value each, all with the same goal and no tolerance. */
export function metricsOf(members: Readonly<Record<string, number>>, goal: Goal = 'none'): Metrics {
  return new Map(
    Object.entries(members).map(([key, value]) => [
      parseMetricKey(key),
      { goal, tolerance: 0, summary: singleValue(value, goal) },
    ]),
  )
}

/** An inline file whose digest is that of its content. */
export function fileOf(path: string, content: string): ArtifactFile {
  return {
    path: parseArtifactPath(path),
    sha256: sha256Of(content),
    sizeBytes: Buffer.byteLength(content),
    storage: { kind: 'inline' },
  }
}
