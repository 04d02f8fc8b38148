/**
 * Parameter, metric and configuration files: what is read, and what is refused.
 */
import { describe, expect, test } from 'vitest'
import { EMPTY_CONFIG } from '../../../src/domain/config.ts'
import { Failure } from '../../../src/domain/failure.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { configTemplate, readConfig } from '../../../src/store/inputs/config-file.ts'
import { readMetrics } from '../../../src/store/inputs/metrics-file.ts'
import { readParameters } from '../../../src/store/inputs/parameters-file.ts'
import { memoryFiles } from '../../support/memory-files.ts'

/** A disk with these files. */
async function diskWith(contents: Readonly<Record<string, string>>): Promise<Files> {
  const files = memoryFiles()
  for (const [path, text] of Object.entries(contents)) {
    await files.makeFolder(path.slice(0, path.lastIndexOf('/')) || '/')
    const file = await files.open(path, 'create')
    await file.write(Buffer.from(text))
    await file.close()
  }
  return files
}

async function refusal(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (caught) {
    if (caught instanceof Failure) return `${caught.code}: ${caught.message}`
    throw caught
  }
  return 'accepted'
}

describe('parameters', () => {
  const parameters = async (path: string, text: string) =>
    Object.fromEntries(await readParameters(await diskWith({ [path]: text }), path))

  test('are the same from YAML, JSON and TOML', async () => {
    const expected = { 'model.layers': 3n, 'model.rate': 0.1, seed: 12345678901234567890n, tags: ['a', 'b'] }
    const json = '{"model":{"layers":3,"rate":0.1},"seed":12345678901234567890,"tags":["a","b"]}'
    expect(await parameters('/p.json', json)).toEqual(expected)
    expect(await parameters('/p.yml', json.replaceAll(':', ': '))).toEqual(expected)
    const toml = 'seed = 7\ntags = ["a", "b"]\n[model]\nlayers = 3\nrate = 0.1\n'
    expect(await parameters('/p.TOML', toml)).toEqual({ ...expected, seed: 7n })
  })

  test('of an unknown kind, absent, or in a folder are refused', async () => {
    const files = await diskWith({ '/p.ini': '', '/d.yaml/x': '' })
    expect(await refusal(readParameters(files, '/p.ini'))).toBe(
      "usage-invalid: parameter file '/p.ini' is neither .yaml, .yml, .json nor .toml",
    )
    expect(await refusal(readParameters(files, '/no.yaml'))).toBe(
      "file-not-found: parameter file '/no.yaml' does not exist",
    )
    expect(await refusal(readParameters(files, '/d.yaml'))).toMatch(/^path-not-a-file/)
  })
})

describe('metrics', () => {
  const metrics = async (path: string, text: string) =>
    Object.fromEntries(await readMetrics(await diskWith({ [path]: text }), path))

  test('are numbers by name; nested names are joined by dots', async () => {
    expect(await metrics('/m.json', '{"loss":0.5,"epochs":10,"val":{"auc":0.9}}')).toEqual({
      loss: 0.5,
      epochs: 10,
      'val.auc': 0.9,
    })
    expect(await metrics('/m.yaml', 'loss: .nan\n"val/auc": 1\n')).toEqual({ loss: NaN, 'val/auc': 1 })
  })

  test('may be NaN or infinite, as Python writes them', async () => {
    expect(await metrics('/m.json', '{"a": NaN, "b": -Infinity, "c": "Infinity", "NaN": 1}')).toEqual({
      a: NaN,
      b: -Infinity,
      c: Infinity,
      NaN: 1,
    })
  })

  test.each([
    ['{"a":"high"}', "metric-not-number: metric 'a' in '/m.json' is text, not a number"],
    ['{"a":true}', "metric-not-number: metric 'a' in '/m.json' is true or false, not a number"],
    ['{"a":null}', "metric-not-number: metric 'a' in '/m.json' is null, not a number"],
    ['{"a":[1,2]}', "metric-not-number: metric 'a' in '/m.json' is a list, not a number"],
    ['{"a":9007199254740993}', 'number-not-exact: /m.json: 9007199254740993 cannot be kept exactly; quote it'],
    ['{"a":1,"a":2}', 'key-duplicate'],
    ['{"a.b":1,"a":{"b":2}}', 'key-conflict'],
  ])('%s is refused', async (text, message) => {
    const files = await diskWith({ '/m.json': text })
    expect(await refusal(readMetrics(files, '/m.json'))).toContain(message)
  })
})

describe('configuration', () => {
  const CONFIG = `
experiment: sweep
params: params.yaml
artifacts: [outputs/**, "*.png"]
model: {name: churn, path: ./outputs/model/}
goals:
  val_loss: min
  val/auc: {goal: max, tolerance: 0.002, unit: "%"}
  latency: {unit: ms, tolerance: 1}
`

  test('is found above the folder, in the worktree and not beyond', async () => {
    const files = await diskWith({
      '/mlv.yaml': '',
      '/repo/.git/HEAD': '',
      '/repo/a/mlv.yaml': CONFIG,
      '/repo/a/b/c/x': '',
    })
    expect((await readConfig(files, '/repo/a/b/c'))?.file).toBe('/repo/a/mlv.yaml')
    expect(await readConfig(files, '/repo')).toBeUndefined()
    expect(await readConfig(files, '/')).toEqual({ file: '/mlv.yaml', config: EMPTY_CONFIG })
  })

  test('takes one text for a list of one, and one word for a goal', async () => {
    const found = await readConfig(await diskWith({ '/mlv.yaml': CONFIG }), '/')
    expect(found?.config).toEqual({
      experiment: 'sweep',
      params: ['params.yaml'],
      metrics: [],
      series: [],
      artifacts: ['outputs/**', '*.png'],
      datasets: [],
      model: { name: 'churn', path: 'outputs/model' },
      goals: new Map([
        ['val_loss', { goal: 'min', tolerance: 0 }],
        ['val/auc', { goal: 'max', tolerance: 0.002, unit: '%' }],
        ['latency', { goal: 'none', tolerance: 1, unit: 'ms' }],
      ]),
    })
  })

  test('that mlv init writes configures nothing, and everything in it can be switched on', async () => {
    const template = configTemplate()
    expect((await readConfig(await diskWith({ '/mlv.yaml': template }), '/'))?.config).toEqual(EMPTY_CONFIG)
    const enabled = template.replace(/^# (?=[a-z_]+:| )/gm, '')
    const found = await readConfig(await diskWith({ '/mlv.yaml': enabled }), '/')
    expect(found?.config).toMatchInlineSnapshot(`
      {
        "artifacts": [
          "outputs/**",
        ],
        "codePush": "snapshots",
        "datasets": [
          "data/train.csv",
        ],
        "evaluation": {
          "key": "id",
          "pass": "correct",
          "path": "outputs/eval.csv",
        },
        "experiment": "baseline",
        "gates": {
          "metrics": Map {
            "val_accuracy" => {
              "min": 0.9,
              "worsen": {
                "kind": "relative",
                "part": 0.005,
              },
            },
          },
          "repeats": 1,
          "required": [
            "val_loss",
          ],
        },
        "goals": Map {
          "val_loss" => {
            "goal": "min",
            "tolerance": 0,
          },
          "val_accuracy" => {
            "goal": "max",
            "tolerance": 0.002,
          },
        },
        "metrics": [
          "metrics.json",
        ],
        "model": {
          "name": "my-model",
          "path": "outputs/model",
        },
        "params": [
          "params.yaml",
        ],
        "series": [
          "logs/train.jsonl",
        ],
      }
    `)
  })

  test.each([
    ['params: [a.yaml]\nartifact: [x]\n', "/mlv.yaml:2: artifact: unknown key; did you mean 'artifacts'?"],
    ['zzz: 1', 'zzz: unknown key; the keys are experiment, params'],
    ['model: {name: a, file: b}', 'model.file: unknown key; the keys are name, path'],
    ['model: {name: a}', "model: needs both 'name' and 'path'"],
    ['goals: {loss: lower}', "goals.loss: expected 'min', 'max' or 'none'"],
    ['goals: {loss: {goal: min, tolerance: -1}}', 'goals.loss.tolerance: expected a number that is not negative'],
    ['goals: {loss: {target: 1}}', 'goals.loss.target: unknown key'],
    ['params: [1]', 'params: expected text, or a list of texts'],
    ['experiment: [a]', 'experiment: expected text'],
    ['- a', 'mlv.yaml: expected a mapping'],
    ['model: {name: a/b, path: c}', "name-invalid: 'a/b' is not a valid model name"],
    ['model: {name: a, path: ../c}', "path-escape: '../c'"],
    ['a: &x 1\nb: *x', 'document-feature'],
    ['__proto__: 1', '__proto__: unknown key'],
  ])('%j is refused with the key', async (text, message) => {
    expect(await refusal(readConfig(await diskWith({ '/mlv.yaml': text }), '/'))).toContain(message)
  })
})
