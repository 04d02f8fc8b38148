/**
 * `mlv run`: the command runs as if mlv were not there, and what it did is recorded.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fingerprint, makeChurnWorld, makeReadyWorld, makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const TRAIN = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
const lr = Number(process.argv[2])
for (let step = 0; step < 3; step += 1) {
  const line = JSON.stringify({ metric: 'loss', step, value: lr / (step + 1) })
  appendFileSync(process.env.MLV_RUN_DIR + '/log.jsonl', line + '\\n')
}
mkdirSync('model', { recursive: true })
writeFileSync('model/weights.bin', Buffer.alloc(100, process.argv[2]))
writeFileSync('metrics.json', JSON.stringify({ auc: 1 - lr }))
console.log('trained', lr)
console.error('done')
`

function trainingWorld(): World {
  const world = makeChurnWorld()
  world.write('train.mjs', TRAIN)
  world.git('add', 'train.mjs')
  world.git('commit', '--quiet', '--message=Train')
  return world
}

/** The transcript with what differs from machine to machine left out. */
function say(world: World, ...args: readonly string[]): string {
  return world.say(...args).replace(/after \d[\d.]* (?:ms|s|min)(?: \d+ s)?/g, 'after <time>')
}

test('a training is run, recorded and compared; its output is its own', () => {
  const world = trainingWorld()
  expect(say(world, 'run', '-p', 'lr=0.1', '--', 'node', 'train.mjs', '{lr}')).toMatchInlineSnapshot(`
    "$ mlv run -p lr=0.1 -- node train.mjs '{lr}'
    trained 0.1
    done
    run <id1> of churn finished after <time>: 1 parameter, 3 files (157 B)
    registered churn@v1
    metrics
      auc ↑   0.9000
      loss ↓  0.03333
    warning: parameter file '<folder>/params.yaml' does not exist
    next: mlv promote churn@v1 production
    "
  `)
  expect(say(world, 'run', '-p', 'lr=0.3', '--', 'node', 'train.mjs', '{lr}')).toMatchInlineSnapshot(`
    "$ mlv run -p lr=0.3 -- node train.mjs '{lr}'
    trained 0.3
    done
    run <id1> of churn finished after <time>: 1 parameter, 3 files (157 B)
    registered churn@v2
    compared with churn@v1
      auc ↑   0.9000 -> 0.7000  (-0.2000, worse)
      loss ↓  0.0333 -> 0.1000  (+0.0667, worse)
    warning: parameter file '<folder>/params.yaml' does not exist
    next: mlv diff churn@v1 churn@v2
    "
  `)
  expect(world.json('show', '@')).toMatchObject({
    run: {
      status: 'finished',
      command: ['node', 'train.mjs', '0.3'],
      workingFolder: '.',
      givenParameters: ['lr'],
      parameters: { lr: 0.3 },
      metrics: { auc: { last: 0.7, goal: 'max' }, loss: { count: 3, goal: 'min' } },
      resources: { hostName: expect.any(String) as string, elapsedMs: expect.any(Number) as number },
    },
  })
  expect(outputs(world)).toEqual({ 'stdout.txt.gz': 'trained 0.3\n', 'stderr.txt.gz': 'done\n' })
})

test('exit codes and signals pass through, and the record says which it was', () => {
  const world = initialized()
  expect(say(world, 'run', '--', 'sh', '-c', 'exit 3')).toMatchInlineSnapshot(`
    "$ mlv run -- sh -c 'exit 3'
    run <id1> of default failed with exit code 3 after <time>
    [exit 3]
    "
  `)
  expect(say(world, 'run', '--', 'sh', '-c', 'kill -TERM $$')).toMatchInlineSnapshot(`
    "$ mlv run -- sh -c 'kill -TERM $$'
    run <id1> of default killed by SIGTERM after <time>
    [exit 143]
    "
  `)
  expect(world.json('show', '@')).toMatchObject({ run: { status: 'killed', signal: 'SIGTERM' } })
  expect(world.json('show', '@~1')).toMatchObject({ run: { status: 'failed', exitCode: 3 } })
})

test('what cannot be run is refused as a shell has it, and nothing is recorded', () => {
  const world = initialized()
  world.write('train.sh', 'echo hi\n')
  chmodSync(join(world.folder, 'train.sh'), 0o644)
  const before = fingerprint(world)
  expect(say(world, 'run', '--', 'pyhton', 'train.py')).toMatchInlineSnapshot(`
    "$ mlv run -- pyhton train.py
    mlv: there is no program 'pyhton' (command-not-found)
    why: it is no file and not on the search path, so nothing was run and nothing recorded
    next: check its spelling; a program in this folder is written './NAME'
    [exit 127]
    "
  `)
  expect(say(world, 'run', '--', './train.sh')).toMatchInlineSnapshot(`
    "$ mlv run -- ./train.sh
    mlv: './train.sh' cannot be executed (command-not-executable)
    why: '<folder>/train.sh' is a folder, or a file without the permission, so nothing was run and nothing recorded
    next: run 'chmod +x <folder>/train.sh', or name the program that reads it
    [exit 126]
    "
  `)
  expect(say(world, 'run')).toMatchInlineSnapshot(`
    "$ mlv run
    mlv: missing required argument 'command' (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help run' for what it accepts
    [exit 2]
    "
  `)
  expect(fingerprint(world)).toBe(before)
})

test('a configuration that is not understood is refused before the command runs', () => {
  const world = makeReadyWorld()
  world.write('mlv.yaml', 'nonsense: 1\n')
  const refused = world.mlv('run', '--', 'touch', 'ran')
  expect([refused.exitCode, refused.stderr]).toEqual([4, expect.stringContaining('nonsense: unknown key')])
  expect(existsSync(join(world.folder, 'ran'))).toBe(false)
})

test('a command that fails registers no version, and what an earlier run left is not taken for its own', () => {
  const world = trainingWorld()
  world.mlv('run', '-p', 'lr=0.1', '--', 'node', 'train.mjs', '{lr}')
  expect(say(world, 'run', '--', 'sh', '-c', 'echo broken >&2; exit 1')).toMatchInlineSnapshot(`
    "$ mlv run -- sh -c 'echo broken >&2; exit 1'
    broken
    run <id1> of churn failed with exit code 1 after <time>: 1 file (27 B)
    warning: parameter file '<folder>/params.yaml' does not exist
    warning: metrics.json was not written by this run, and is left out
    warning: model 'model' was not written by this run, and is left out
    [exit 1]
    "
  `)
  expect(world.json('show', '@')).toMatchObject({ run: { status: 'failed', metrics: {} } })
})

test('a command that succeeds without writing the model registers none: what is there is of another run', () => {
  const world = trainingWorld()
  world.mlv('run', '-p', 'lr=0.1', '--', 'node', 'train.mjs', '{lr}')
  expect(say(world, 'run', '--', 'true')).toMatchInlineSnapshot(`
    "$ mlv run -- true
    run <id1> of churn finished after <time>
    warning: parameter file '<folder>/params.yaml' does not exist
    warning: metrics.json was not written by this run, and is left out
    warning: model 'model' was not written by this run, and is left out
    next: mlv diff @~1 @
    "
  `)
  expect(world.json('show', '@')).toMatchObject({ versions: [] })
})

test('a malformed metrics file loses its metrics and not the run', () => {
  const world = trainingWorld()
  expect(say(world, 'run', '--', 'sh', '-c', "printf '{' > metrics.json")).toMatchInlineSnapshot(`
    "$ mlv run -- sh -c 'printf '{' > metrics.json'
    run <id1> of churn finished after <time>
    warning: parameter file '<folder>/params.yaml' does not exist
    warning: <folder>/metrics.json:1:2: expected a string, found the end
    warning: nothing matches 'model' in '<folder>'
    next: mlv show <id1>
    "
  `)
})

test('a run inside a run is its child; a sealed run is resumed by a child', () => {
  const world = initialized()
  const mlv = process.argv[0] ?? 'node'
  world.mlv('run', '-m', 'outer', '--', mlv, bundle(), 'run', '-m', 'inner', '--', 'true')
  const [outer, inner] = runs(world)
  expect([outer?.message, inner?.message]).toEqual(['outer', 'inner'])
  expect(inner?.parent).toBe(outer?.id)
  world.mlv('run', '--resume', outer?.id ?? '', '-m', 'again', '--', 'true')
  expect(runs(world).find(({ message }) => message === 'again')?.parent).toBe(outer?.id)
})

test('secrets of .env, of the environment and of known shapes never reach the branch', () => {
  const token = `ghp_${'a1B2c3D4'.repeat(5)}`.slice(0, 40)
  const world = initialized({ variables: { SERVICE_API_KEY: 'key-of-the-service' } })
  world.write('.env', 'DATABASE_URL=postgres://ada:hunter2@db/churn\n')
  world.write('.gitignore', '.env\n')
  const script = `cat .env; echo $SERVICE_API_KEY; printf '%s%s\\n' ${token.slice(0, 20)} ${token.slice(20)}`
  const { stdout, stderr } = world.mlv('run', '--', 'sh', '-c', script)
  expect(stdout).toContain('hunter2')
  expect(stderr).toContain('3 secrets in the output were masked')
  expect(outputs(world)['stdout.txt.gz']).toBe('DATABASE_URL=[secret masked]\n[secret masked]\n[secret masked]\n')
  const everything = execFileSync('git', ['log', '-p', '--text', 'mlv'], { cwd: world.folder, encoding: 'latin1' })
  expect(everything).not.toContain('hunter2')
  expect(everything).not.toContain('key-of-the-service')
})

test('--json goes to standard error, because standard output is the command’s', () => {
  const world = initialized()
  const { stdout, stderr } = world.mlv('run', '--json', '--', 'echo', 'hi')
  expect(stdout).toBe('hi\n')
  expect(JSON.parse(stderr)).toMatchObject({ exitCode: 0, run: { status: 'finished', command: ['echo', 'hi'] } })
})

test('the command finds its run, its parameters and the variables of OpenTelemetry', () => {
  const world = initialized()
  const script =
    'cat "$MLV_PARAMS"; echo "$OTEL_SERVICE_NAME"; echo "$OTEL_RESOURCE_ATTRIBUTES"; ' +
    'test -d "$MLV_RUN_DIR" && echo "$MLV_RUN_ID"'
  const { stdout } = world.mlv('run', '-e', 'churn', '-p', 'lr=0.10', '-p', 'name=wide', '--', 'sh', '-c', script)
  const id = runs(world)[0]?.id ?? ''
  expect(stdout).toBe(`{\n  "lr": 0.1,\n  "name": "wide"\n}\nchurn\nmlv.run.id=${id}\n${id}\n`)
})

interface RunRow {
  readonly id: string
  readonly message?: string
  readonly parent?: string
}

function runs(world: World): readonly RunRow[] {
  const { runs: rows } = world.json('ls') as { readonly runs: readonly { readonly run: RunRow }[] }
  return rows.map(({ run }) => run).sort((left, right) => (left.id < right.id ? -1 : 1))
}

/** What the newest run printed, as it is on the branch. */
function outputs(world: World): Readonly<Record<string, string>> {
  const id = runs(world).at(-1)?.id ?? ''
  const paths = world
    .git('ls-tree', '-r', '--name-only', 'mlv')
    .split('\n')
    .filter((path) => path.includes(`${id}/files/output/`))
  return Object.fromEntries(
    paths.map((path) => {
      const bytes = execFileSync('git', ['show', `mlv:${path}`], { cwd: world.folder })
      return [path.slice(path.lastIndexOf('/') + 1), gunzipSync(bytes).toString('utf8')]
    }),
  )
}

function initialized(options: Parameters<typeof makeWorld>[0] = {}): World {
  const world = makeWorld(options)
  world.mlv('init')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Configure mlv')
  return world
}

function bundle(): string {
  return join(import.meta.dirname, '..', '..', 'dist', 'mlv.cjs')
}
