/**
 * What a site says of models: nothing that only one clone knows, and of a part of the runs nothing of other versions.
 */
import { expect, test } from 'vitest'
import type { WireGateResult, WireModel, WireModelVersion } from '../../src/server/wire.ts'
import { chosenModels } from '../../src/site/make/chosen-models.ts'

const FAILED: WireGateResult = { rule: 'min', metric: 'auc', status: 'failed', limit: 0.9, actual: 0.1234, note: null }

const MODEL: WireModel = {
  name: 'churn',
  description: null,
  owners: [],
  rules: [],
  aliases: [{ name: 'production', version: 1, previous: null, by: 'Ada', at: '2026-01-01T00:00:00Z', reason: null }],
  versions: [version(2), version(1)],
  history: [],
  gates: {
    source: 'model.yaml',
    base: 1,
    versions: [
      { number: 2, results: [FAILED] },
      { number: 1, results: [] },
    ],
  },
  requests: [{ branch: 'promote/churn', alias: 'production', version: 2, by: 'Eve <eve@x>', isOutdated: false }],
  approvers: null,
}

test('requests that one clone fetched, and gates of its worktree, are on no site', async () => {
  const [whole] = (await chosen(MODEL)).models
  expect(whole?.answer.body).toEqual({ ...MODEL, requests: [] })
  const ofWorktree = { ...MODEL, gates: { source: 'mlv.yaml' as const, base: 1, versions: [] } }
  expect((await chosen(ofWorktree)).models[0]?.answer.body).toMatchObject({ gates: null, requests: [] })
})

test('of versions that are left out not even their gates are told', async () => {
  const [part] = (await chosen(MODEL, new Set(['run-1']))).models
  expect(part?.answer.body).toMatchObject({ gates: { base: 1, versions: [{ number: 1, results: [] }] } })
  expect(JSON.stringify(part)).not.toMatch(/0\.1234|Eve|run-2/)
  const [withoutBase] = (await chosen(MODEL, new Set(['run-2']))).models
  expect(withoutBase?.answer.body).toMatchObject({ gates: null, aliases: [] })
})

function chosen(model: WireModel, runs?: ReadonlySet<string>): ReturnType<typeof chosenModels> {
  const { name, description, owners, aliases, versions } = model
  const head = { name, description, owners, versions: versions.length, latest: null, aliases }
  const answers = new Map<string, object>([
    ['api/models', { models: [head] }],
    ['api/model/churn', model],
  ])
  const ask = (address: string) => {
    const body = answers.get(address)
    return Promise.resolve(body === undefined ? { status: 404, body: {} } : { status: 200, body })
  }
  return chosenModels(ask, runs)
}

function version(number: number): WireModelVersion {
  return {
    model: 'churn',
    number,
    uid: String(number),
    run: `run-${number}`,
    createdAt: '2026-01-01T00:00:00Z',
    message: null,
    contentDigest: 'mlv1:0',
    fileCount: 1,
    sizeBytes: 1,
    metrics: [],
    parameters: [],
    datasets: [],
    code: { kind: 'none', reason: 'none' },
    aliases: [],
    retired: null,
    runs: [`run-${number}`],
    tags: [],
    note: null,
    receipts: [],
  }
}
