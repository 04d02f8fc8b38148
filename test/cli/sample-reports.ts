/**
 * One report of every operation, small and whole: a churn model whose second version was better, and its third worse.
 */
import type { ShownCurves } from '../../cli/format/run-table.ts'
import { instantOf } from '../../src/base/clock.ts'
import type { Instant } from '../../src/base/clock.ts'
import { sha256Of } from '../../src/base/digest.ts'
import { present } from '../../src/base/assert.ts'
import type { Alias } from '../../src/domain/alias.ts'
import type { ArtifactFile } from '../../src/domain/artifact.ts'
import { parseArtifactPath } from '../../src/domain/artifact-path.ts'
import type { BranchSettings } from '../../src/domain/branch.ts'
import type { CodeState } from '../../src/domain/code-state.ts'
import { compareRuns } from '../../src/domain/comparison.ts'
import { parseContentDigest } from '../../src/domain/content-digest.ts'
import type { Environment } from '../../src/domain/environment.ts'
import { parseExperimentName, parseMetricKey } from '../../src/domain/key.ts'
import { singleValue, summarize } from '../../src/domain/metric-summary.ts'
import type { MetricRule, Metrics } from '../../src/domain/metric.ts'
import type { Model } from '../../src/domain/model.ts'
import { FRESH_STATE, parseVersionNumber, versionUidOf } from '../../src/domain/model-version.ts'
import type { ModelVersion, VersionNumber } from '../../src/domain/model-version.ts'
import { parseAliasName, parseModelName } from '../../src/domain/name.ts'
import { parseOid } from '../../src/domain/oid.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { NO_NOTES, runIdOf } from '../../src/domain/run.ts'
import type { RunNotes, SealedRun } from '../../src/domain/run.ts'
import { seriesOf } from '../../src/domain/series.ts'
import { treePath, rootPath } from '../../src/domain/tree-path.ts'
import { metricChanges } from '../../src/ops/revisions/baseline.ts'
import type { TrustReport } from '../../src/ops/share/trust-remote.ts'
import type { StorageEstimate } from '../../src/ops/share/estimate-storage.ts'
import type { GarbageReport } from '../../src/ops/care/collect-garbage.ts'
import type { GetReport } from '../../src/ops/models/get-version.ts'
import type { IntegrityReport } from '../../src/ops/care/check-integrity.ts'
import type { CheckoutReport } from '../../src/ops/models/checkout-version.ts'
import type { RunCommandReport } from '../../src/ops/record/run-command-options.ts'
import type { CommitReport } from '../../src/ops/record/commit-run.ts'
import type { RevisionComparison } from '../../src/ops/read/compare-revisions.ts'
import type { Diagnosis } from '../../src/ops/care/diagnose.ts'
import type { RunGroup } from '../../src/ops/read/group-runs.ts'
import type { InitializeReport } from '../../src/ops/repository/initialize.ts'
import type { ModelRow, ModelView } from '../../src/ops/models/list-models.ts'
import type { RunRow } from '../../src/ops/revisions/run-row.ts'
import type { NoteReport } from '../../src/ops/record/note-run.ts'
import type { AliasReport } from '../../src/ops/models/promote-version.ts'
import type { LogEntry } from '../../src/ops/read/read-log.ts'
import type { StatusReport } from '../../src/ops/read/read-status.ts'
import type { LogReport } from '../../src/ops/record/log-to-run.ts'
import type { RecoverReport } from '../../src/ops/record/recover-runs.ts'
import type { RetireReport } from '../../src/ops/models/retire-version.ts'
import type { RevertReport } from '../../src/ops/models/revert-operation.ts'
import type { Shown } from '../../src/ops/read/show-revision.ts'
import { parametersOf, sampleUlid } from '../support/sample.ts'

/** Half an hour after the samples' ids were made. */
export const NOW_MS = Date.UTC(2026, 10, 20, 10, 0)

const MODEL = parseModelName('churn')
const PRODUCTION = parseAliasName('production')
const BY = 'Ada Example <ada@example.com>'
const AUC: MetricRule = { goal: 'max', tolerance: 0.001 }
const LATENCY: MetricRule = { goal: 'min', tolerance: 0.5, unit: 'ms' }

/** An oid of one repeated hex digit. */
export function oidOf(digit: string): Oid {
  return present(parseOid(digit.repeat(40)), 'forty hex digits')
}

/** A version number. */
export function numberOf(number: number): VersionNumber {
  return present(parseVersionNumber(String(number)), 'a number from 1')
}

function momentOf(minute: number): Instant {
  return instantOf(Date.UTC(2026, 10, 20, 9, minute))
}

const CODE: CodeState = {
  kind: 'commit',
  commit: oidOf('a'),
  tree: oidOf('b'),
  branch: 'main',
  snapshot: oidOf('c'),
  omitted: [],
}

const ENVIRONMENT: Environment = {
  os: { name: 'Linux', release: '6.1.0', arch: 'x64' },
  cpu: { model: 'AMD EPYC 7B13', count: 2, memoryBytes: 8_318_103_552 },
  gpus: [{ model: 'NVIDIA L4', driver: '550.54' }],
  languages: [{ name: 'python', version: '3.12.1' }],
  packages: [{ name: 'numpy', version: '2.1.0', source: '.venv' }],
  variables: [{ name: 'OMP_NUM_THREADS', value: '2' }],
  unpinned: ['data/raw is not pinned by anything'],
}

/** Metrics of the model: `auc` from a series of three points, `latency` and `seed` from single values. */
export function sampleMetrics(auc: number, latency: number): Metrics {
  const points = [auc - 0.02, auc - 0.01, auc].map((value, step) => ({ step, value }))
  return new Map([
    [parseMetricKey('val/auc'), { ...AUC, summary: summarize(seriesOf(points), AUC.goal) }],
    [parseMetricKey('latency'), { ...LATENCY, summary: singleValue(latency, LATENCY.goal) }],
    [parseMetricKey('epoch'), { goal: 'none' as const, tolerance: 0, summary: singleValue(3, 'none') }],
  ])
}

function fileAt(path: string, content: string): ArtifactFile {
  return {
    path: parseArtifactPath(path),
    sha256: sha256Of(content),
    sizeBytes: content.length,
    storage: { kind: 'pointer' },
    tensors: [{ name: 'layer.0', dtype: 'F32', shape: [64, 10], sha256: sha256Of(`${content} layer`) }],
  }
}

/** The run that made a version. */
export function sampleRun(number: number, auc: number, latency: number): SealedRun {
  return {
    id: runIdOf(sampleUlid(number)),
    experiment: parseExperimentName('churn'),
    startedAt: momentOf(28),
    status: 'finished',
    endedAt: momentOf(29),
    message: `attempt ${number}`,
    command: ['python', 'train.py'],
    parameters: parametersOf({ lr: 0.1 * number, seed: 12345678901234567890n, 'model.depth': 4n, tag: '1' }),
    metrics: sampleMetrics(auc, latency),
    datasets: [
      {
        uri: 'data/train.csv',
        pin: { kind: 'sha256', sha256: sha256Of('train') },
        sizeBytes: 1_210_000,
        rows: 7043,
        columns: [{ name: 'age' }, { name: 'plan' }, { name: 'churned' }],
      },
    ],
    code: CODE,
    environment: sha256Of('environment'),
    files: { count: 1, sizeBytes: 21 },
  }
}

/** A version of the model. */
export function sampleVersion(number: number, auc: number, latency: number): ModelVersion {
  const { parameters, metrics, datasets, code, files, id } = sampleRun(number, auc, latency)
  return {
    model: MODEL,
    number: numberOf(number),
    uid: versionUidOf(sampleUlid(100 + number)),
    run: id,
    createdAt: momentOf(30),
    message: `attempt ${number}`,
    path: parseArtifactPath('model'),
    contentDigest: present(parseContentDigest(`mlv1:${sha256Of(String(number))}`), 'a content digest'),
    files,
    parameters,
    metrics,
    datasets,
    code,
  }
}

const NOTES: RunNotes = { name: 'wide', tags: ['baseline'], note: 'kept for the paper', archived: false }
const SECOND = sampleRun(2, 0.924, 21)
const THIRD = sampleRun(3, 0.913, 18.25)
const VERSION_2 = sampleVersion(2, 0.924, 21)
const VERSION_3 = sampleVersion(3, 0.913, 18.25)
const MODEL_RECORD: Model = {
  name: MODEL,
  description: 'who leaves next month',
  metrics: new Map([
    [parseMetricKey('val/auc'), AUC],
    [parseMetricKey('latency'), LATENCY],
  ]),
  owners: ['ada@example.com'],
}
const ALIAS: Alias = {
  model: MODEL,
  name: PRODUCTION,
  version: { number: numberOf(3), uid: VERSION_3.uid },
  previous: { number: numberOf(2), uid: VERSION_2.uid },
  metrics: new Map([[parseMetricKey('val/auc'), 0.913]]),
  by: BY,
  at: momentOf(31),
  reason: 'faster',
}
const SETTINGS: BranchSettings = {
  format: 1,
  layout: 'single',
  areas: { registry: parseRefName('refs/heads/mlv'), records: parseRefName('refs/heads/mlv') },
  store: 'lfs',
  stores: [],
  mirrors: [],
}
const OPERATION = operationIdOf(sampleUlid(200))

/** What `mlv init` reports. */
export const INIT: InitializeReport = {
  settings: SETTINGS,
  commit: oidOf('1'),
  operation: OPERATION,
  configFile: { path: '/work/churn/mlv.yaml', created: true },
}

/** What `mlv commit` reports: better in latency, worse in auc. */
export const COMMIT: CommitReport = {
  run: THIRD,
  notes: NO_NOTES,
  version: { version: VERSION_3, created: true },
  baseline: { kind: 'alias', label: 'churn@production (v2)' },
  changes: metricChanges(SECOND.metrics, THIRD.metrics),
  operation: OPERATION,
  commit: oidOf('1'),
  warnings: ['data/raw is not pinned by anything'],
}

/** What `mlv run` reports. */
export const RUN_REPORT: RunCommandReport = { ...COMMIT, exitCode: 0 }

/** One line in the log of a run. */
export const LOGGED: LogReport = {
  run: SECOND.id,
  folder: `/home/ada/churn/.git/mlv/journal/${SECOND.id}`,
  lines: 1,
}

/** What `mlv commit --recover` reports. */
export const RECOVER: RecoverReport = {
  sealed: [
    {
      run: SECOND.id,
      status: 'killed',
      alreadyRecorded: false,
      cutBytes: 17,
      told: ['log.jsonl:12: cut, the line was never finished (23 bytes)'],
    },
    { run: THIRD.id, status: 'finished', alreadyRecorded: true, cutBytes: 0, told: [] },
  ],
  skippedLive: [runIdOf(sampleUlid(4))],
}

/** What `mlv ls` lists. */
export const ROWS: readonly RunRow[] = [
  { run: THIRD, notes: NO_NOTES, versions: [{ model: MODEL, number: numberOf(3), aliases: [] }] },
  { run: SECOND, notes: NOTES, versions: [{ model: MODEL, number: numberOf(2), aliases: [PRODUCTION] }] },
]

/** The curve of one metric of the first of them, which was not finite once. */
export const CURVES: ShownCurves = {
  metrics: [parseMetricKey('val/auc')],
  of: new Map([[runIdOf(sampleUlid(3)), new Map([[parseMetricKey('val/auc'), [0.893, NaN, 0.913]]])]]),
}

/** What `mlv ls --group` lists. */
export const GROUPS: readonly RunGroup[] = [
  {
    value: '0.1',
    count: 2,
    metrics: new Map([[parseMetricKey('val/auc'), { mean: 0.92, deviation: 0.01, count: 2 }]]),
  },
  { value: '', count: 1, metrics: new Map() },
]

/** What `mlv show` shows of a run. */
export const SHOWN_RUN: Shown = {
  kind: 'run',
  run: SECOND,
  notes: NOTES,
  files: [fileAt('model/model.safetensors', 'weights of version 2!')],
  environment: ENVIRONMENT,
  versions: [{ model: MODEL, number: numberOf(2), aliases: [PRODUCTION] }],
}

/** What `mlv show` shows of a version. */
export const SHOWN_VERSION: Shown = {
  kind: 'version',
  version: VERSION_2,
  state: {
    retired: { reason: 'leaked labels', at: momentOf(40), by: BY },
    runs: [runIdOf(sampleUlid(9))],
    tags: ['paper'],
    note: 'see issue 12',
  },
  files: [fileAt('model.safetensors', 'weights of version 2!')],
  aliases: [PRODUCTION],
  receipts: [
    {
      id: sampleUlid(300),
      version: { number: numberOf(2), uid: VERSION_2.uid },
      run: runIdOf(sampleUlid(10)),
      at: momentOf(45),
      by: BY,
      outcome: { kind: 'differed', metrics: [parseMetricKey('latency')], causes: ['hardware'] },
    },
  ],
}

/** What `mlv log` lists: a promotion, and a commit made with plain git. */
export const LOG: readonly LogEntry[] = [
  {
    commit: oidOf('2'),
    at: momentOf(31),
    by: BY,
    subject: 'churn: promote v3 to production (val/auc 0.924 -> 0.913)',
    operation: {
      id: OPERATION,
      kind: 'promote',
      subject: 'churn: promote v3 to production (val/auc 0.924 -> 0.913)',
      body: 'faster',
      model: MODEL,
      runs: [THIRD.id],
      version: { number: numberOf(3), uid: VERSION_3.uid },
    },
  },
  { commit: oidOf('3'), at: momentOf(20), by: BY, subject: "Revert 'churn: promote v2'", operation: undefined },
]

/** What `mlv models` lists. */
export const MODELS: readonly ModelRow[] = [
  { model: MODEL_RECORD, versions: 3, latest: VERSION_3, aliases: [ALIAS] },
  {
    model: { name: parseModelName('uplift'), metrics: new Map(), owners: [] },
    versions: 0,
    latest: undefined,
    aliases: [],
  },
]

/** What `mlv models NAME` lists. */
export const MODEL_VIEW: ModelView = {
  model: MODEL_RECORD,
  versions: [
    {
      version: VERSION_3,
      state: { ...FRESH_STATE, retired: { reason: 'drift', at: momentOf(50), by: BY } },
      aliases: [],
    },
    { version: VERSION_2, state: FRESH_STATE, aliases: [PRODUCTION] },
  ],
  aliases: [ALIAS],
}

const BASE_SIDE = {
  ...SECOND,
  label: 'churn@v2',
  files: [fileAt('model.safetensors', 'weights of version 2!'), fileAt('vocabulary.txt', 'a b c')],
  environment: ENVIRONMENT,
}
const HEAD_SIDE = {
  ...THIRD,
  label: 'churn@v3',
  code: { ...CODE, tree: oidOf('d'), snapshot: oidOf('e') },
  files: [fileAt('model.safetensors', 'weights of version 3?'), fileAt('labels.txt', 'no yes')],
  environment: { ...ENVIRONMENT, languages: [{ name: 'python', version: '3.13.0' }] },
}

/** What `mlv diff` compares. */
export const COMPARISON: RevisionComparison = {
  base: 'churn@v2',
  head: 'churn@v3',
  comparison: compareRuns(BASE_SIDE, HEAD_SIDE),
  codeStat: ' train.py | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n',
}

/** What `mlv diff A A` compares. */
export const NO_DIFFERENCE: RevisionComparison = {
  base: 'churn@v2',
  head: 'churn@v2',
  comparison: compareRuns(BASE_SIDE, BASE_SIDE),
  codeStat: undefined,
}

/** What `mlv note` reports. */
export const NOTE: NoteReport = { run: SECOND.id, notes: NOTES, changed: true, operation: OPERATION }

/** What `mlv checkout` reports. */
export const CHECKOUT: CheckoutReport = {
  version: VERSION_2,
  run: VERSION_2.run,
  destination: '/work/churn',
  written: [parseArtifactPath('model/model.safetensors')],
  unchanged: [parseArtifactPath('model/labels.txt')],
  sizeBytes: 1_210_000,
  worktree: {
    folder: '/work/churn-v2',
    commit: oidOf('a'),
    tree: oidOf('b'),
    hasUncommitted: true,
    fetchedFrom: 'origin',
    report: {
      fileCount: 12,
      submodules: [{ path: 'libs/inner', commit: oidOf('c'), restored: false }],
      told: [`libs/inner: submodule commit ${oidOf('c')} is not in this clone`],
    },
  },
}

/** What `mlv promote` reports. */
export const PROMOTE: AliasReport = {
  alias: ALIAS,
  from: ALIAS.previous,
  changed: true,
  changes: metricChanges(SECOND.metrics, THIRD.metrics),
  operation: OPERATION,
  commit: oidOf('2'),
}

/** What `mlv promote` reports when the alias names the version already. */
export const PROMOTE_AGAIN: AliasReport = {
  ...PROMOTE,
  changed: false,
  changes: [],
  operation: undefined,
  commit: undefined,
}

/** What `mlv revert` reports. */
export const REVERT: RevertReport = {
  reverted: OPERATION,
  revertedCommit: oidOf('2'),
  subject: 'churn: promote v3 to production',
  operation: operationIdOf(sampleUlid(201)),
  commit: oidOf('4'),
  paths: [treePath(rootPath('models'), 'churn/aliases/production.yaml')],
}

/** What `mlv retire` reports. */
export const RETIRE: RetireReport = {
  version: VERSION_3,
  state: { ...FRESH_STATE, retired: { reason: 'leaked labels', at: momentOf(40), by: BY } },
  operation: OPERATION,
}

/** What `mlv fsck` reports: one problem repaired, one not. */
export const FSCK: IntegrityReport = {
  checked: { runs: 12, versions: 3, aliases: 1, objects: 4, bytes: 8_100_000 },
  problems: [
    { what: 'artifact', id: sha256Of('one'), problem: 'its bytes do not match its digest', repaired: true },
    { what: 'run', id: SECOND.id, problem: 'run.yaml line 3: expected a number', repaired: false },
  ],
  absent: [{ sha256: sha256Of('weights of another machine'), sizeBytes: 1_500_000 }],
}

/** What `mlv gc --dry-run` reports. */
export const GARBAGE: GarbageReport = {
  isDryRun: true,
  objects: [
    {
      sha256: sha256Of('weights'),
      sizeBytes: 8_100_000,
      fate: 'keep',
      reason: 'models/churn/versions/2 on refs/heads/mlv',
    },
    { sha256: sha256Of('left'), sizeBytes: 1_500_000, fate: 'trash', reason: 'no record names it' },
  ],
  trash: { count: 1, sizeBytes: 1_500_000 },
}

/** What `mlv get` reports. */
export const GOT: GetReport = {
  version: VERSION_2,
  destination: '/work/served',
  written: [parseArtifactPath('head.weight.safetensors')],
  unchanged: [],
  sizeBytes: 152,
  tensor: { name: 'head.weight', dtype: 'F32', shape: [4, 4], sha256: sha256Of('head') },
}

/** What `mlv remote trust` reports. */
export const TRUST: TrustReport = {
  remote: 'origin',
  hosts: [
    { host: 'https://lfs.example:8443', namedBy: '.lfsconfig', added: true },
    { host: 'https://s3.example', namedBy: 'mlv.json', added: false },
  ],
}

/** What `mlv doctor` reports. */
export const DOCTOR: Diagnosis = {
  checks: [
    { name: 'git', verdict: 'ok', detail: 'git version 2.39.5 at /usr/bin/git' },
    {
      name: 'identity',
      verdict: 'problem',
      detail: 'user.email is not set',
      next: 'git config user.email you@example.com',
    },
  ],
}

/** What `mlv status` reports. */
export const STATUS: StatusReport = {
  initialized: true,
  settings: SETTINGS,
  areas: [
    {
      ref: parseRefName('refs/heads/mlv'),
      tip: oidOf('2'),
      upstream: { ref: parseRefName('refs/remotes/origin/mlv'), ahead: 3, behind: 1 },
    },
  ],
  runs: 12,
  models: 1,
  pending: [
    { run: SECOND.id, experiment: 'churn', startedAt: momentOf(28), live: false },
    { run: THIRD.id, experiment: 'churn', startedAt: momentOf(29), live: true },
  ],
  missingCode: [SECOND.id],
  requests: [
    {
      branch: 'mlv-promote/churn-production-1',
      model: ALIAS.model,
      alias: ALIAS.name,
      version: ALIAS.version,
      by: BY,
      isOutdated: true,
    },
  ],
  engine: 'system',
  storeBytes: 8_100_000,
  storeObjects: 4,
}

/** Two checkpoints of one training. */
export const ESTIMATE: StorageEstimate = {
  before: 'step-100.safetensors',
  after: 'step-200.safetensors',
  files: 1,
  paired: 1,
  sizeBytes: 19_000_000,
  forms: [
    { form: 'whole', storedBytes: 19_000_000, elapsedMs: 0 },
    { form: 'zstd', storedBytes: 17_600_000, elapsedMs: 90 },
    { form: 'planes', storedBytes: 16_300_000, elapsedMs: 150 },
    { form: 'delta', storedBytes: 5_700_000, elapsedMs: 210 },
    { form: 'chunks', storedBytes: 17_700_000, elapsedMs: 180 },
  ],
  best: { form: 'delta', storedBytes: 5_700_000, elapsedMs: 210 },
}
