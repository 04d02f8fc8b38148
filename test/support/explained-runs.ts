/**
 * Runs for tests of causes: small records in which one thing at a time is another.
 */
import fc from 'fast-check'
import { instantOf } from '../../src/base/clock.ts'
import { present } from '../../src/base/assert.ts'
import { sha256Of } from '../../src/base/digest.ts'
import type { ExplainedRun } from '../../src/domain/change-explanation.ts'
import type { Environment } from '../../src/domain/environment.ts'
import { parseOid } from '../../src/domain/oid.ts'
import { runIdOf } from '../../src/domain/run.ts'
import { metricsOf, parametersOf, sampleUlid } from './sample.ts'

/** What may be another in a run; each number is a value of its cause, 0 when absent. */
export interface Settings {
  readonly code?: number
  readonly data?: number
  readonly parameters?: number
  readonly environment?: number
  readonly hardware?: number
  readonly seed?: number
}

/** Any settings, of two values a cause. */
export const anySettings: fc.Arbitrary<Settings> = fc.record({
  code: fc.nat(1),
  data: fc.nat(1),
  parameters: fc.nat(1),
  environment: fc.nat(1),
  hardware: fc.nat(1),
  seed: fc.nat(1),
})

/** A run with these settings and this accuracy; the number is its id and its minute. */
export function explainedRun(number: number, settings: Settings = {}, accuracy = 0.9): ExplainedRun {
  const { code = 0, data = 0, parameters = 0, environment = 0, hardware = 0, seed = 0 } = settings
  const tree = present(parseOid(String(code).repeat(40)), 'forty hex digits')
  return {
    run: runIdOf(sampleUlid(number)),
    startedAt: instantOf(Date.UTC(2026, 10, 20, 9, number)),
    label: `run ${number}`,
    parameters: parametersOf({ lr: 0.1 + parameters, seed: BigInt(seed) }),
    metrics: metricsOf({ accuracy }, 'max'),
    files: [],
    datasets: [{ uri: 'data/train.csv', pin: { kind: 'sha256', sha256: sha256Of(`data ${data}`) }, rows: 3 + data }],
    code: { kind: 'commit', commit: tree, tree, omitted: [] },
    environment: environmentOf(environment, hardware),
    command: ['python', 'train.py', '--lr', String(0.1 + parameters), `--seed=${seed}`],
  }
}

function environmentOf(environment: number, hardware: number): Environment {
  return {
    os: { name: 'Linux', release: '6.8', arch: 'x64' },
    cpu: { model: `Model ${hardware}`, count: 8, memoryBytes: 1024 },
    gpus: [],
    languages: [{ name: 'python', version: '3.11.4' }],
    packages: [{ name: 'numpy', version: `1.26.${environment}`, source: '.venv' }],
    variables: [],
    unpinned: [],
  }
}
