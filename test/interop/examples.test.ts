/**
 * Real training, unchanged scripts: `mlv run -- python train.py` on each example of a framework records parameters,
 * series, environment, code, artifacts and what was printed.
 *
 * Needs a Python with the framework; without it each example says so in one line and is skipped.
 */
import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { pythonVariables, reasonToSkip } from './python.ts'

const EXAMPLES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'examples')
const MINUTES = 60_000

/** An example, and what must be recorded of it. */
interface Example {
  readonly name: string
  readonly modules: readonly string[]
  /** Given to `mlv run` and, by `{key}`, to the script. */
  readonly params: Readonly<Record<string, number>>
  /** Parameters that come from what the framework wrote. */
  readonly logged: Readonly<Record<string, number | string>>
  /** Points of each metric. */
  readonly points: Readonly<Record<string, number>>
  readonly files: readonly RegExp[]
  readonly printed: RegExp
}

const EXAMPLES_OF_FRAMEWORKS: readonly Example[] = [
  {
    name: 'scikit-learn',
    modules: ['sklearn'],
    params: { lr: 0.02, hidden: 24, epochs: 4, seed: 3 },
    logged: {},
    points: { train_loss: 4, test_loss: 4, accuracy: 4, final_accuracy: 1 },
    files: [/^out\/model\.pkl$/],
    printed: /^epoch 3: test loss \d/m,
  },
  {
    name: 'xgboost',
    modules: ['xgboost', 'sklearn'],
    params: { eta: 0.2, depth: 2, rounds: 6, seed: 3 },
    logged: {},
    points: { 'train/logloss': 6, 'test/logloss': 6, 'train/auc': 6, 'test/auc': 6 },
    files: [/^out\/model\.json$/],
    printed: /\[5\]\s+train-logloss:\d/,
  },
  {
    name: 'keras',
    modules: ['keras', 'jax', 'sklearn'],
    params: { lr: 0.02, hidden: 16, epochs: 2, seed: 3 },
    logged: {},
    points: { loss: 2, accuracy: 2, val_loss: 2, val_accuracy: 2 },
    files: [/^out\/model\.keras$/],
    printed: /Epoch 2\/2/,
  },
  {
    name: 'pytorch',
    modules: ['torch', 'tensorboard', 'sklearn'],
    params: { lr: 0.1, hidden: 8, epochs: 5, seed: 3 },
    logged: {},
    points: { 'loss/train': 5, 'loss/test': 5, 'accuracy/test': 5, 'final/accuracy': 1 },
    files: [/^out\/model\.pt$/, /^runs\/[^/]+\/events\.out\.tfevents\./],
    printed: /^epoch 4: loss \d/m,
  },
  {
    name: 'lightning',
    modules: ['lightning', 'torch', 'sklearn'],
    params: { lr: 0.02, hidden: 6, epochs: 2, seed: 3 },
    logged: {},
    points: { train_loss: 2, val_loss: 2, val_accuracy: 2, epoch: 4 },
    files: [/^out\/model\.ckpt$/],
    printed: /^val_accuracy \d/m,
  },
  {
    name: 'transformers',
    modules: ['transformers', 'accelerate', 'torch', 'sklearn'],
    params: { lr: 0.01, width: 8, epochs: 1, seed: 3 },
    logged: { max_steps: 14, train_batch_size: 16, logging_steps: 5 },
    points: { loss: 2, learning_rate: 2, eval_loss: 1, train_loss: 1 },
    files: [/^out\/model\/model\.safetensors$/, /^out\/trainer_state\.json$/],
    printed: /train_runtime/,
  },
]

for (const example of EXAMPLES_OF_FRAMEWORKS) {
  const reason = reasonToSkip(example.modules)
  if (reason !== undefined) console.log(`skipped: the example of ${example.name}: ${reason}`)
  test.skipIf(reason !== undefined)(
    `${example.name}: an unchanged script is recorded whole`,
    () => {
      const world = worldOf(example)
      const given = Object.entries(example.params)
      const outcome = world.mlv(
        'run',
        ...given.flatMap(([key, value]) => ['-p', `${key}=${value}`]),
        '--',
        'python',
        'train.py',
        ...given.flatMap(([key]) => [`--${key}`, `{${key}}`]),
      )
      expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 })
      checkRecord(world, example)
    },
    4 * MINUTES,
  )
}

function worldOf({ name }: Example): World {
  const world = makeWorld({ variables: { ...pythonVariables(), MPLCONFIGDIR: '/nonexistent' } })
  for (const file of ['train.py', 'mlv.yaml']) cpSync(join(EXAMPLES, name, file), join(world.folder, file))
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=An example')
  world.mlv('init')
  return world
}

function checkRecord(world: World, example: Example): void {
  const shown = world.json('show', '@')
  const points = Object.entries(example.points).map(
    ([key, count]) => [key, expect.objectContaining({ count })] as const,
  )
  expect(shown).toMatchObject({
    run: {
      status: 'finished',
      command: expect.arrayContaining(['python', 'train.py']) as unknown,
      parameters: { ...example.params, ...example.logged },
      metrics: Object.fromEntries(points),
      // The script was committed, and nothing that the run wrote counts as code.
      code: { kind: 'commit', commit: world.git('rev-parse', 'HEAD').trim() },
    },
  })
  expect(JSON.stringify(shown)).not.toContain('"snapshot"')
  checkFiles(world, example)
  expect(recorded(world, 'environment.yaml').toString()).toMatch(/name: scikit-learn\n\s+source: \S+\n\s+version: "\d/)
}

function checkFiles(world: World, { files, printed }: Example): void {
  const kept = recordedPaths(world).flatMap((path) => /^runs\/.*?\/files\/(.*)$/.exec(path)?.[1] ?? [])
  for (const wanted of files) expect(kept).toContainEqual(expect.stringMatching(wanted))
  expect(gunzipSync(recorded(world, 'files/output/stdout.txt.gz')).toString()).toMatch(printed)
}

function recordedPaths(world: World): readonly string[] {
  return world.git('ls-tree', '-r', '--name-only', 'mlv').split('\n')
}

/** A file of the run as it is on the branch. */
function recorded(world: World, name: string): Buffer {
  const path = recordedPaths(world).find((each) => each.startsWith('runs/') && each.endsWith(`/${name}`)) ?? name
  return execFileSync('git', ['-C', world.folder, 'show', `mlv:${path}`])
}
