/**
 * Where `mlv.yaml` is found, and the one a new setup starts from.
 */
import { dirname, join } from 'node:path'
import type { Config } from '../../domain/config.ts'
import type { Files } from '../files/files.ts'
import { parseConfig } from './config-document.ts'
import { readInputText } from './input-text.ts'

/** A configuration and where it was. */
export interface FoundConfig {
  readonly config: Config
  /** Absolute path of the file; every path in it is relative to its folder. */
  readonly file: string
}

/** The name of the configuration file. */
export const CONFIG_FILE = 'mlv.yaml'

const TEMPLATE = `# What 'mlv run' and 'mlv commit' pick up in this folder. Paths are relative to this file.
# Every key is optional; take away the '#' of those you want.

# The line of work that runs belong to; 'default' when absent.
# experiment: baseline

# Parameters: YAML, JSON or TOML. Nested keys become dotted ones.
# params:
#   - params.yaml

# Final metric values: one number a name.
# metrics:
#   - metrics.json

# Metrics over steps: JSON Lines or CSV with a 'step' column.
# series:
#   - logs/train.jsonl

# Files to keep with the run: globs, or folders with everything in them.
# artifacts:
#   - outputs/**

# What the run read: files, folders or URIs.
# datasets:
#   - data/train.csv

# The model a run produces: 'path' is a file or folder among the artifacts.
# model:
#   name: my-model
#   path: outputs/model

# Which direction is better, and which change is too small to matter.
# goals:
#   val_loss: min
#   val_accuracy: {goal: max, tolerance: 0.002}

# What a change must keep to be merged; 'mlv gate' reads it from the branch the change is to be merged into.
# gates:
#   require: [val_loss]
#   metrics:
#     val_accuracy: {min: 0.9, worsen: 0.5%}

# A CSV or JSON Lines file among the artifacts with a row for each evaluated sample.
# evaluation: {table: outputs/eval.csv, key: id, pass: correct}

# What 'mlv push' sends of code that the remote does not have: snapshots, history or none.
# code:
#   push: snapshots
`

/**
 * Reads the nearest `mlv.yaml` at or above a folder; `undefined` when there is none.
 *
 * Looks no higher than the top of the worktree, the first folder that holds a `.git`.
 * @throws every refusal of `parseConfig` and of reading text.
 */
export async function readConfig(files: Files, folder: string): Promise<FoundConfig | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const file = join(at, CONFIG_FILE)
    if ((await files.stat(file)) !== undefined) {
      return { file, config: parseConfig(await readInputText(files, file, 'configuration'), file) }
    }
    if ((await files.lstat(join(at, '.git'))) !== undefined || dirname(at) === at) return undefined
  }
}

/** Returns the text of a new `mlv.yaml`; read back, it configures nothing. */
export function configTemplate(): string {
  return TEMPLATE
}
