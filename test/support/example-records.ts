/**
 * One small project, written out: the run, version and alias that tests of documents and output show.
 */
import { present } from '../../src/base/assert.ts'
import { instantOf } from '../../src/base/clock.ts'
import { sha256Of } from '../../src/base/digest.ts'
import { parseUlid } from '../../src/base/ulid.ts'
import type { Alias } from '../../src/domain/alias.ts'
import { parseArtifactPath } from '../../src/domain/artifact-path.ts'
import { totalsOf } from '../../src/domain/artifact.ts'
import type { ArtifactFile } from '../../src/domain/artifact.ts'
import { parseContentDigest } from '../../src/domain/content-digest.ts'
import type { Environment } from '../../src/domain/environment.ts'
import { parseExperimentName, parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import { parseVersionNumber, parseVersionUid } from '../../src/domain/model-version.ts'
import type { ModelVersion, VersionState } from '../../src/domain/model-version.ts'
import type { MetricRule } from '../../src/domain/metric.ts'
import type { Model } from '../../src/domain/model.ts'
import { parseAliasName, parseModelName, parseViewName } from '../../src/domain/name.ts'
import { parseOid } from '../../src/domain/oid.ts'
import type { ParameterValue } from '../../src/domain/parameter.ts'
import type { Receipt } from '../../src/domain/receipt.ts'
import { parseRunId, parseWorkingFolder } from '../../src/domain/run.ts'
import type { RunNotes, SealedRun } from '../../src/domain/run.ts'
import { seriesOf } from '../../src/domain/series.ts'
import type { SeriesSet } from '../../src/domain/series.ts'
import { parseViewHash } from '../../src/domain/view.ts'
import type { SavedView } from '../../src/domain/view.ts'

const STARTED_MS = 1_795_167_000_000

const runId = present(parseRunId('01m0q2v7c0k7fz6r8w4t1x9y2b'), 'a run id')
const uid = present(parseVersionUid('01m0q2v7c1a2b3c4d5e6f7g8h9'), 'a uid')
const earlierUid = present(parseVersionUid('01m0m8r3n4p5q6r7s8t9v0w1x2'), 'a uid')
const twelve = present(parseVersionNumber('12'), 'a number')
const eleven = present(parseVersionNumber('11'), 'a number')
const commit = present(parseOid('4b825dc642cb6eb9a060e54bf8d69288fbee4904'), 'an object name')
const tree = present(parseOid('8ab686eafeb1f44702738c8b0f24f2567c36da6d'), 'an object name')

const parameters: readonly (readonly [string, ParameterValue])[] = [
  ['optimizer.name', 'adamw'],
  ['optimizer.lr', 1e-7],
  ['optimizer.nesterov', false],
  ['model.layers', [64n, 32n]],
  ['model.dropout', 1],
  ['seed', 12345678901234567890n],
  ['norway', 'no'],
  ['version', '1.10'],
  ['since', '2026-11-20'],
  ['schedule', null],
]

/** Two files, one of them with tensors; sorted by path. */
export const exampleFiles: readonly ArtifactFile[] = [
  {
    path: parseArtifactPath('model/config.json'),
    sha256: sha256Of('config'),
    sizeBytes: 210,
    storage: { kind: 'inline' },
  },
  {
    path: parseArtifactPath('model/weights.safetensors'),
    sha256: sha256Of('weights'),
    sizeBytes: 1_048_576,
    storage: { kind: 'pointer' },
    tensors: [
      { name: 'head.bias', dtype: 'F32', shape: [10], sha256: sha256Of('bias') },
      { name: 'head.weight', dtype: 'F32', shape: [10, 128], sha256: sha256Of('weight') },
    ],
  },
]

const examplePack = { sha256: sha256Of('pack'), sizeBytes: 12_288 }

/** Three files, two of them in a pack; sorted by path. */
export const examplePackedFiles: readonly ArtifactFile[] = [
  {
    path: parseArtifactPath('images/0.png'),
    sha256: sha256Of('image 0'),
    sizeBytes: 8192,
    storage: { kind: 'packed', pack: examplePack, offset: 512 },
  },
  {
    path: parseArtifactPath('images/1.png'),
    sha256: sha256Of('image 1'),
    sizeBytes: 1000,
    storage: { kind: 'packed', pack: examplePack, offset: 9216 },
  },
  { path: parseArtifactPath('notes.md'), sha256: sha256Of('notes'), sizeBytes: 5, storage: { kind: 'inline' } },
]

/** Where the run ran. */
export const exampleEnvironment: Environment = {
  os: { name: 'linux', release: '6.1.0', arch: 'x64' },
  cpu: { model: 'Intel(R) Xeon(R) CPU @ 2.20GHz', count: 8, memoryBytes: 33_554_432_000 },
  gpus: [{ model: 'NVIDIA L4', driver: '550.54.15' }],
  languages: [{ name: 'python', version: '3.12.3' }],
  packages: [
    { name: 'numpy', version: '2.1.0', source: '.venv' },
    { name: 'torch', version: '2.5.1+cu124', source: '.venv' },
  ],
  variables: [{ name: 'OMP_NUM_THREADS', value: '8' }],
  unpinned: ['the CUDA toolkit'],
}

/** Where another run ran: in a container, with everything that can be told. */
export const exampleContainerEnvironment: Environment = {
  ...exampleEnvironment,
  cuda: '12.4.1',
  container: { kind: 'docker', image: `registry.example.com/train@sha256:${sha256Of('image')}` },
  lockFiles: [{ path: 'uv.lock', sha256: sha256Of('lock') }],
}

/** A finished run of a dirty worktree. */
export const exampleRun: SealedRun = {
  id: runId,
  experiment: parseExperimentName('churn/baseline'),
  status: 'finished',
  startedAt: instantOf(STARTED_MS),
  endedAt: instantOf(STARTED_MS + 754_321),
  message: 'wider head, same data',
  command: ['python', 'train.py', '--epochs', '20'],
  parameters: new Map(parameters.map(([key, value]) => [parseParameterKey(key), value])),
  metrics: new Map([
    [
      parseMetricKey('val/auc'),
      {
        goal: 'max',
        tolerance: 0.001,
        summary: { last: 0.931, min: 0.71, max: 0.9342, best: { value: 0.9342, step: 17 }, count: 20 },
      },
    ],
    [
      parseMetricKey('train/loss'),
      { goal: 'none', tolerance: 0, summary: { last: NaN, min: 1e-7, max: Infinity, count: 1000 } },
    ],
    [
      parseMetricKey('latency'),
      { goal: 'min', tolerance: 0, unit: 'ms', summary: { last: 12, min: 12, max: 12, best: { value: 12 }, count: 1 } },
    ],
  ]),
  datasets: [
    {
      uri: 'data/train.csv',
      pin: { kind: 'sha256', sha256: sha256Of('train') },
      sizeBytes: 8_812_345,
      rows: 120_000,
      columns: [{ name: 'age' }, { name: 'plan' }, { name: 'churned' }],
    },
    { uri: 's3://bucket/holdout' },
  ],
  code: { kind: 'commit', commit, tree, branch: 'main', snapshot: tree, omitted: ['out.bin is larger than 50 MB'] },
  environment: sha256Of('environment'),
  files: totalsOf(exampleFiles),
}

/** A run that mlv itself started, taken up again once and ended by a signal. */
export const exampleCapturedRun: SealedRun = {
  id: runId,
  experiment: parseExperimentName('churn/baseline'),
  status: 'killed',
  startedAt: instantOf(STARTED_MS),
  lastSeenAt: instantOf(STARTED_MS + 754_321),
  signal: 'SIGTERM',
  command: ['python', 'train.py', '--lr', '0.1'],
  workingFolder: present(parseWorkingFolder('experiments/churn'), 'a working folder'),
  givenParameters: [parseParameterKey('lr')],
  resources: {
    elapsedMs: 754_321,
    userMs: 1_402_110,
    systemMs: 20_345,
    peakMemoryBytes: 1_207_959_552,
    hostName: 'trainer-1',
  },
  segments: [
    {
      startedAt: instantOf(STARTED_MS + 700_000),
      command: ['python', 'train.py', '--lr', '0.1', '--resume'],
      code: { kind: 'commit', commit, tree, branch: 'main', omitted: [] },
      environment: sha256Of('later environment'),
    },
  ],
  group: 'lr sweep',
  parameters: new Map([[parseParameterKey('lr'), 0.1]]),
  metrics: new Map(),
  datasets: [],
  code: { kind: 'commit', commit, tree, branch: 'main', omitted: [] },
  environment: sha256Of('environment'),
  files: totalsOf([]),
}

/** The version made from the run. */
export const exampleVersion: ModelVersion = {
  model: parseModelName('churn'),
  number: twelve,
  uid,
  run: runId,
  createdAt: instantOf(STARTED_MS + 760_000),
  message: 'wider head, same data',
  path: parseArtifactPath('model'),
  contentDigest: present(parseContentDigest(`mlv1:${sha256Of('content')}`), 'a content digest'),
  files: totalsOf(exampleFiles),
  parameters: exampleRun.parameters,
  metrics: exampleRun.metrics,
  datasets: exampleRun.datasets,
  code: exampleRun.code,
}

/** The version, retired. */
export const exampleState: VersionState = {
  retired: {
    reason: 'trained on leaked labels',
    at: instantOf(STARTED_MS + 9e8),
    by: 'Ada Lovelace <ada@example.com>',
  },
  runs: [present(parseRunId('01m0r000000000000000000000'), 'a run id')],
  tags: ['audited'],
  note: 'see the incident of 1 December',
}

/** What was said about the run. */
export const exampleNotes: RunNotes = { name: 'wide-head', tags: ['baseline', 'paper'], note: 'keep', archived: false }

/** A saved view. */
export const exampleView: SavedView = {
  name: parseViewName('baselines'),
  hash: parseViewHash('#/runs?sort=-metric.auc&filter=tag%3Abaseline'),
}

/** The alias that names the version. */
export const exampleAlias: Alias = {
  model: parseModelName('churn'),
  name: parseAliasName('production'),
  version: { number: twelve, uid },
  previous: { number: eleven, uid: earlierUid },
  metrics: new Map([
    [parseMetricKey('val/auc'), 0.931],
    [parseMetricKey('latency'), 12],
  ]),
  by: 'Ada Lovelace <ada@example.com>',
  at: instantOf(STARTED_MS + 800_000),
  reason: 'auc up, latency unchanged',
}

/** The model of the version. */
export const exampleModel: Model = {
  name: parseModelName('churn'),
  description: 'who is about to leave',
  owners: ['team-retention'],
  metrics: new Map<MetricKey, MetricRule>([
    [parseMetricKey('val/auc'), { goal: 'max', tolerance: 0.001 }],
    [parseMetricKey('latency'), { goal: 'min', tolerance: 0, unit: 'ms' }],
  ]),
}

/** A repetition of the version that came out differently. */
export const exampleReceipt: Receipt = {
  id: present(parseUlid('01m0s000000000000000000000'), 'a ULID'),
  version: { number: twelve, uid },
  run: present(parseRunId('01m0r000000000000000000000'), 'a run id'),
  at: instantOf(STARTED_MS + 86_400_000),
  by: 'Ada Lovelace <ada@example.com>',
  outcome: { kind: 'differed', metrics: [parseMetricKey('val/auc')], causes: ['hardware'] },
}

/** Points of two metrics that were logged together, and of one that went wrong. */
export const exampleSeries: SeriesSet = new Map([
  [
    parseMetricKey('train/loss'),
    seriesOf([0, 1, 2].map((step) => ({ step, atMs: STARTED_MS + step * 1500, value: 1 / (step + 1) }))),
  ],
  [
    parseMetricKey('val/auc'),
    seriesOf([0, 1, 2].map((step) => ({ step, atMs: STARTED_MS + step * 1500, value: 0.9 + step / 100 }))),
  ],
  [
    parseMetricKey('grad/norm'),
    seriesOf([
      { step: 0, value: 1e-7 },
      { step: 5, value: NaN },
      { step: 5, value: Infinity },
      { step: 3, value: -0 },
    ]),
  ],
])

/** A run with all that can be told of its code and data. */
export const exampleExactRun: SealedRun = {
  ...exampleRun,
  code: {
    kind: 'commit',
    commit,
    tree,
    branch: 'main',
    snapshot: tree,
    exact: commit,
    ignored: { paths: ['.env', 'out/'], count: 2 },
    omitted: [],
  },
  datasets: [
    {
      uri: 'data/train.parquet',
      pin: { kind: 'sha256', sha256: sha256Of('train') },
      sizeBytes: 8_812_345,
      rows: 120_000,
      columns: [{ name: 'age', type: 'int64' }, { name: 'plan', type: 'string' }, { name: 'free text' }],
      revision: 'datasets/example/churn@4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    },
    { uri: 'https://example.com/holdout.csv', pin: { kind: 'foreign', scheme: 'etag', id: '"v1-abc"' } },
  ],
}
