/**
 * `mlv.yaml`: what `mlv commit` picks up in a worktree when nothing is said on the command line.
 */
import type { ArtifactPath } from './artifact-path.ts'
import type { GatePolicy } from './gate-policy.ts'
import type { ExperimentName } from './key.ts'
import type { MetricRules } from './metric.ts'
import type { ModelName } from './name.ts'
import type { EvaluationTable } from './sample-flips.ts'

/** What of recorded code is pushed: snapshots without their history, all of it, or nothing. */
export type CodePush = 'snapshots' | 'history' | 'none'

/** The parsed `mlv.yaml`; paths and globs are relative to the file's folder. */
export interface Config {
  readonly experiment?: ExperimentName
  /** YAML, JSON or TOML files of parameters. */
  readonly params: readonly string[]
  /** YAML or JSON files of final metric values. */
  readonly metrics: readonly string[]
  /** JSONL or CSV files of metric points; files and folders that a training framework logs to. */
  readonly series: readonly string[]
  /** Globs of files to keep with the run. */
  readonly artifacts: readonly string[]
  /** Files, folders or URIs the run read. */
  readonly datasets: readonly string[]
  readonly model?: { readonly name: ModelName; readonly path: ArtifactPath }
  /** Seeds the rules of a new model's `model.yaml`, which decides from then on. */
  readonly goals: MetricRules
  /** What a change must keep to be merged; a model's own gates come first. */
  readonly gates?: GatePolicy
  /** The table of evaluated samples among the artifacts. */
  readonly evaluation?: EvaluationTable
  /** `snapshots` when absent. */
  readonly codePush?: CodePush
}

/** The configuration of a worktree without `mlv.yaml`. */
export const EMPTY_CONFIG: Config = {
  params: [],
  metrics: [],
  series: [],
  artifacts: [],
  datasets: [],
  goals: new Map(),
}
