/**
 * A real training of scikit-learn, run again: it is reproduced, and with one changed input byte, package version or
 * seed the receipt says which.
 *
 * Needs a Python with scikit-learn; without it each test says so in one line and is skipped.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { PYTHON, pythonVariables, reasonToSkip } from './python.ts'

const MINUTES = 60_000

const TRAIN = `import argparse, csv, json, pathlib, pickle
from featurekit import scaled
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int)
args = parser.parse_args()
with open("data/digits.csv", newline="") as file:
    rows = [[float(cell) for cell in row] for row in csv.reader(file)]
x, y = [scaled(row[:-1]) for row in rows], [int(row[-1]) for row in rows]
x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=args.seed)
model = MLPClassifier([16], max_iter=20, random_state=args.seed).fit(x_train, y_train)
pathlib.Path("out").mkdir(exist_ok=True)
pathlib.Path("out/model.pkl").write_bytes(pickle.dumps(model))
loss = log_loss(y_test, model.predict_proba(x_test))
pathlib.Path("out/metrics.json").write_text(json.dumps({"loss": loss, "accuracy": model.score(x_test, y_test)}))
print(f"loss {loss:.4f}")
`

const CONFIG = `experiment: digits
metrics: [out/metrics.json]
datasets: [data/digits.csv]
model: { name: digits, path: out/model.pkl }
goals: { accuracy: max, loss: { goal: min } }
`

const DATA = `from sklearn.datasets import load_digits
data = load_digits()
for row, label in list(zip(data.data, data.target))[:400]:
    print(*[int(cell) for cell in row], label, sep=",")
`

/** A world with a recorded training, and a virtual environment with a small package of its own. */
function makeTrainedWorld(python: string): { readonly world: World; readonly packages: string } {
  const venv = join(temporaryFolder(), '.venv')
  execFileSync(python, ['-m', 'venv', '--without-pip', venv])
  const ask = 'import site; print(site.getsitepackages()[0])'
  const libraryOf = (program: string): string => execFileSync(program, ['-c', ask], { encoding: 'utf8' }).trim()
  const packages = libraryOf(join(venv, 'bin', 'python'))
  writeFileSync(join(packages, 'installed.pth'), `${libraryOf(python)}\n`)
  install(packages, '1.0', 16)
  const world = makeWorld({
    variables: {
      ...pythonVariables(),
      VIRTUAL_ENV: venv,
      PATH: `${join(venv, 'bin')}:${process.env['PATH'] ?? ''}`,
      TMPDIR: temporaryFolder(),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  })
  world.mlv('init')
  world.write('mlv.yaml', CONFIG)
  world.write('train.py', TRAIN)
  world.write('.gitignore', 'data/\nout/\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train')
  world.write('data/digits.csv', execFileSync(python, ['-c', DATA]))
  const outcome = world.mlv('run', '-p', 'seed=3', '--', 'python', 'train.py', '--seed', '{seed}')
  expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 })
  return { world, packages }
}

/** A package whose version changes what it computes. */
function install(packages: string, version: string, scale: number): void {
  mkdirSync(join(packages, 'featurekit'), { recursive: true })
  writeFileSync(
    join(packages, 'featurekit', '__init__.py'),
    `def scaled(row):\n    return [cell / ${scale} for cell in row]\n`,
  )
  mkdirSync(join(packages, `featurekit-${version}.dist-info`), { recursive: true })
}

interface RerunDocument {
  readonly outcome: unknown
  readonly differences: readonly { readonly cause: string; readonly evidence: readonly string[] }[]
}

function rerun(world: World, exitCode: number, ...args: readonly string[]): RerunDocument {
  const outcome = world.mlv('rerun', 'digits@v1', '--verify', '--json', ...args)
  expect(outcome, outcome.stderr).toMatchObject({ exitCode })
  return JSON.parse(outcome.stdout) as RerunDocument
}

const reason = reasonToSkip(['sklearn'])
const skipped = reason === undefined ? '' : ` (skipped: ${reason})`

test.skipIf(reason !== undefined)(
  `a training of scikit-learn is reproduced, and otherwise the receipt says why${skipped}`,
  () => {
    const { world, packages } = makeTrainedWorld(PYTHON ?? '')
    expect(rerun(world, 0)).toMatchObject({ outcome: { kind: 'reproduced' }, differences: [] })

    const seeded = rerun(world, 1, '--with-changes', 'seed=4')
    expect(seeded.outcome).toMatchObject({ kind: 'differed', causes: ['parameters'] })
    expect(seeded.differences).toEqual([{ cause: 'seed', evidence: ['seed: 3 -> 4'] }])

    const data = world.read('data/digits.csv')
    world.write('data/digits.csv', data.replace(/^0,0,5/, '0,0,9'))
    const changed = rerun(world, 1)
    expect(changed.outcome).toMatchObject({ kind: 'differed', causes: ['data'] })
    expect(changed.differences[0]?.evidence[0]).toMatch(/^data\/digits\.csv: sha256 [0-9a-f]{12}/)
    world.write('data/digits.csv', data)

    renameSync(join(packages, 'featurekit-1.0.dist-info'), join(packages, 'featurekit-2.0.dist-info'))
    install(packages, '2.0', 8)
    const upgraded = rerun(world, 1)
    expect(upgraded.outcome).toMatchObject({ kind: 'differed', causes: ['environment'] })
    expect(upgraded.differences).toEqual([{ cause: 'environment', evidence: ['package featurekit: 1.0 -> 2.0'] }])

    expect(world.say('show', 'digits@v1')).toMatch(
      /reproduced.*\n.*differed.*parameters.*\n.*differed.*data.*\n.*differed.*environment/,
    )
  },
  4 * MINUTES,
)
