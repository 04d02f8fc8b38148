/**
 * The words where it cannot be told which parameters count.
 */
import { quoted } from '../base/printable.ts'
import type { FailureData, FailureMessage } from './failure-data.ts'

/** What cannot be told, and why. */
export function importanceMessage({ metric, why, runs, least }: FailureData['importance-unknown']): FailureMessage {
  return { what: `what counts for ${quoted(metric)} cannot be told`, why: WHY[why](runs, least) }
}

const WHY = {
  'too-few-runs': (runs: number, least: number) =>
    `${runs} ended with a finite value of it, and below ${least} any order of parameters is chance`,
  'constant-metric': (runs: number) => `all ${runs} runs have the same value of it`,
  'no-parameter': (runs: number) => `no parameter differs among the ${runs} runs in a way that can be used`,
} as const
