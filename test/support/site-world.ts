/**
 * A repository whose records hold a bit of everything, hostile texts among it, and sites that are made of it.
 */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { sha256Of } from '../../src/base/digest.ts'
import { siteAnswerer } from '../../src/site/answer-site.ts'
import { runGit } from './repository.ts'
import { MLV, WORLD_VARIABLES } from './world.ts'
import type { Outcome, World } from './world.ts'

/** A world that all tests of a file share. */
export interface SiteWorld extends Pick<World, 'folder' | 'mlv' | 'json' | 'write' | 'git'> {
  /** A path below a folder of the world that nothing has yet. */
  readonly freshPath: (name: string) => string
  readonly remove: () => void
}

/** A text that would be markup or code if anything let it. */
export const CANARY = '</script><img src=x onerror="globalThis.caught=1">\u2028<!--${globalThis.caught=1}'

/** The smallest picture there is. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const TRAIN = `
const { mkdirSync, writeFileSync, appendFileSync } = require('node:fs')
console.log('epoch 1 began')
console.log(${JSON.stringify(CANARY)})
const lines = []
for (let step = 0; step < 40; step += 1) {
  const loss = step === 17 ? 'NaN' : 1 / (step + 1)
  lines.push(JSON.stringify({ step, time: 1795165200 + step * 2, loss, accuracy: step / 40 }).replace('"NaN"', 'NaN'))
}
writeFileSync('history.jsonl', lines.join('\\n') + '\\n')
mkdirSync('plots', { recursive: true })
writeFileSync('plots/pixel.png', Buffer.from('${PIXEL.toString('base64')}', 'base64'))
writeFileSync('plots/table.csv', 'label,score\\n${CANARY.replace(/[\n"'`\\$]/g, '').replaceAll('\u2028', '')},0.5\\nb,0.25\\n')
writeFileSync('notes.txt', ${JSON.stringify(CANARY)})
`

/** Makes the world: five runs, a model with three versions, an alias and a saved name. */
export function makeSiteWorld(): SiteWorld {
  const world = emptyWorld()
  must(world.mlv('init'))
  world.write('mlv.yaml', 'params: [params.json]\nmetrics: [metrics.json]\nseries: [history.jsonl]\n')
  world.write('train.cjs', TRAIN)
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train')
  record(world, { lr: 0.1, layers: 3, note: CANARY, none: null, list: [1, 2.5, 'x'] }, { auc: 0.9 }, CANARY)
  record(world, { lr: 1e-3, layers: 3, seed: 9007199254740993n, flag: true }, { auc: 0.95 }, 'second')
  record(world, { lr: 1e-3, layers: 3, seed: 7n, flag: true }, { auc: 0.91 }, 'third')
  world.write('mlv.yaml', 'params: [params.json]\nseries: [history.jsonl]\nartifacts: [plots, notes.txt]\n')
  must(world.mlv('run', '--experiment', 'runs', '--', 'node', 'train.cjs'))
  must(world.mlv('run', '--experiment', 'runs', '--', 'node', '-e', 'process.exit(3)'), 3)
  must(world.mlv('promote', 'm@v2', 'production', '--reason', CANARY))
  must(world.mlv('note', '@~1', '--name', `named ${CANARY.slice(0, 40)}`, '--tag', 'baseline', '--tag', 'a,b'))
  must(world.mlv('note', '@', '--archive'))
  return world
}

function record(world: SiteWorld, params: Record<string, unknown>, metrics: object, message: string): void {
  const text = JSON.stringify(params, (_, value: unknown) => (typeof value === 'bigint' ? `#${value}#` : value))
  world.write('params.json', text.replace(/"#(\d+)#"/g, '$1'))
  world.write('metrics.json', JSON.stringify(metrics))
  world.write(
    'history.jsonl',
    Array.from({ length: 30 }, (_, step) => `{"step":${step},"loss":${1 / (step + 2)}}\n`).join(''),
  )
  world.write('model.bin', JSON.stringify([message, metrics]))
  must(world.mlv('commit', '--experiment', 'commits', '--model', 'm=model.bin', '-m', message))
}

function must({ exitCode, stderr }: { readonly exitCode: number; readonly stderr: string }, wanted = 0): void {
  if (exitCode !== wanted) throw new Error(`exit ${exitCode}: ${stderr}`)
}

function emptyWorld(): SiteWorld {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-site-')))
  const folder = join(base, 'churn')
  mkdirSync(folder)
  runGit(folder, ['init', '--quiet', '--initial-branch=main'])
  const mlv = (...args: readonly string[]): Outcome => {
    const env = { ...process.env, ...WORLD_VARIABLES }
    const { status, stdout, stderr } = spawnSync(process.execPath, [MLV, ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    return { exitCode: status ?? -1, stdout, stderr }
  }
  let count = 0
  return {
    folder,
    mlv,
    json: (...args) => JSON.parse(mlv(...args, '--json').stdout) as unknown,
    git: (...args) => runGit(folder, args),
    write: (path, content) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    },
    freshPath: (name) => {
      count += 1
      const place = join(base, String(count))
      mkdirSync(place)
      return join(place, name)
    },
    remove: () => rmSync(base, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** Every file below a folder with its bytes, sorted. */
export function filesBelow(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name))]))
}

/** Every file below a folder with the digest of its bytes, sorted. */
export function digestsBelow(folder: string): ReadonlyMap<string, string> {
  return new Map([...filesBelow(folder)].map(([name, bytes]) => [name, sha256Of(bytes)]))
}

/** What a site that is a folder answers, as the pages ask it. */
export function siteAsker(
  folder: string,
): (address: string) => Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = siteAnswerer()
  const load = (name: string): Promise<unknown> => {
    const path = join(folder, 'data', `${name}.js`)
    if (!existsSync(path)) return Promise.resolve(undefined)
    const [, text = ''] = /^mlvData\("[^"]+",(.*)\)\n$/s.exec(readFileSync(path, 'utf8')) ?? []
    return Promise.resolve(JSON.parse(text))
  }
  return async (address) => {
    const { status, type, body } = await answer(address, load)
    return { status, body: type.startsWith('application/json') ? JSON.parse(String(body)) : body }
  }
}
