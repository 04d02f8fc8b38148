/**
 * Arbitrary documents and domain values for the laws of the codecs. Everything made here is valid; hostile input is
 * spelled out in the tests that need it.
 */
import fc from 'fast-check'
import { instantOf } from '../../src/base/clock.ts'
import { sha256Of } from '../../src/base/digest.ts'
import { compareText } from '../../src/base/order.ts'
import { ulidFrom } from '../../src/base/ulid.ts'
import type { Scalar, Value, ValueMap } from '../../src/base/value.ts'
import type { Alias } from '../../src/domain/alias.ts'
import { parseArtifactPath } from '../../src/domain/artifact-path.ts'
import type { ArtifactFile } from '../../src/domain/artifact.ts'
import type { CodeState } from '../../src/domain/code-state.ts'
import { parseContentDigest } from '../../src/domain/content-digest.ts'
import type { Column, Dataset } from '../../src/domain/dataset.ts'
import type { Container, Environment } from '../../src/domain/environment.ts'
import { parseExperimentName, parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import type { Goal, Metric, Metrics } from '../../src/domain/metric.ts'
import { parseVersionNumber, versionUidOf } from '../../src/domain/model-version.ts'
import type { ModelVersion, VersionState } from '../../src/domain/model-version.ts'
import type { GatePolicy, MetricGate } from '../../src/domain/gate-policy.ts'
import type { Model } from '../../src/domain/model.ts'
import { parseAliasName, parseModelName, parseViewName } from '../../src/domain/name.ts'
import { parseOid } from '../../src/domain/oid.ts'
import type { Parameters } from '../../src/domain/parameter.ts'
import type { Receipt, RepeatedMetric } from '../../src/domain/receipt.ts'
import { parseWorkingFolder, runIdOf } from '../../src/domain/run.ts'
import type { RunNotes, RunResources, SealedRun } from '../../src/domain/run.ts'
import { seriesOf } from '../../src/domain/series.ts'
import type { Point, SeriesSet } from '../../src/domain/series.ts'
import { present } from '../../src/base/assert.ts'
import { parseViewHash } from '../../src/domain/view.ts'
import type { SavedView } from '../../src/domain/view.ts'

/** Text that tempts readers: keywords of both YAML versions, numbers, indicators, things that cannot be seen. */
export const temptingText = fc.constantFrom(
  ...['null', 'Null', '~', 'true', 'yes', 'NO', 'on', 'y', 'n', '', ' ', 'a b', '- a', 'a: b', 'a #b', '#', '[]', '{}'],
  ...[
    '0777',
    '0x1F',
    '1_000',
    '1e-7',
    '1.0',
    '.inf',
    '.nan',
    '-',
    '--- ',
    '2026-11-20',
    '12:30:45',
    '<<',
    '=',
    '!t',
    '&a',
  ],
  ...[
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u200b',
    '\u007f',
    'tab\tnew\nline\r',
    '\u0000',
    '"',
    '\\',
    "'",
    '\\"',
    '😀',
    '\ud800',
  ],
)

/** Any text. */
export const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 20 }), temptingText)

/** Any double, NaN and infinities included. */
export const anyFloat = fc.oneof(
  fc.double(),
  fc.integer().map(Number),
  fc.float(),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    1e21,
    1e-6,
    1e-7,
    5e-324,
    1.7976931348623157e308,
    0.1,
    123456789012345.6,
  ),
)

/** Any single value. */
export const anyScalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.bigInt(),
  fc.bigInt({ min: -10n, max: 10n }),
  anyFloat,
  anyText,
)

const shortKey = fc.oneof(fc.string({ maxLength: 12 }), temptingText, fc.stringMatching(/^[a-z][a-z0-9_./-]{0,20}$/))

/** Any value, nested at most five deep. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    anyScalar,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(shortKey, tie('value')), { maxLength: 6 }).map((entries) => new Map(entries)),
  ),
})).value

/** Any mapping with any values. */
export const anyMap: fc.Arbitrary<ValueMap> = fc
  .array(fc.tuple(shortKey, anyValue), { maxLength: 8 })
  .map((entries) => new Map(entries))

const ulid = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 43 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
  .map(([ms, random]) => ulidFrom(ms, random))
const runId = ulid.map(runIdOf)
const instant = fc.integer({ min: 0, max: 4e12 }).map(instantOf)
const sha256 = fc.string().map((text) => sha256Of(text))
const oid = sha256.map((digest) => present(parseOid(digest.slice(0, 40)), 'an object name'))
const count = fc.nat()
const visible = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => text === text.trim() && !/[\p{C}\p{Z}]/u.test(text))
const path = fc
  .array(
    fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((part) => !/^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(part)),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parseArtifactPath(`x${parts.join('/')}`))
const versionNumber = fc.integer({ min: 1, max: 1e6 }).map((n) => present(parseVersionNumber(`${n}`), 'a number'))
const version = plain({ number: versionNumber, uid: ulid.map(versionUidOf) })
const modelName = fc
  .stringMatching(/^[a-z][a-z0-9_]{3,12}$/)
  .filter((name) => !/^(?:com|lpt)\d$/.test(name))
  .map(parseModelName)
const aliasName = fc.constantFrom('production', 'champion', 'staging').map(parseAliasName)

/** A record with the prototype every object literal has. */
function plain<Members>(model: { [Key in keyof Members]: fc.Arbitrary<Members[Key]> }): fc.Arbitrary<Members> {
  return fc.record(model, { noNullPrototype: true })
}

/** Leaves out members that are `undefined`, as the domain types have it. */
function tidied<Members extends object>(members: Members): Members {
  for (const [key, value] of Object.entries(members)) if (value === undefined) Reflect.deleteProperty(members, key)
  return members
}

function record<Result extends object>(model: {
  [Key in keyof Result]-?: fc.Arbitrary<Result[Key]>
}): fc.Arbitrary<Result> {
  return fc.record(model, { noNullPrototype: true }).map((members) => tidied(members) as unknown as Result)
}

function maybe<Result>(some: fc.Arbitrary<Result>): fc.Arbitrary<Result> {
  return fc.option(some, { nil: undefined, freq: 2 }) as unknown as fc.Arbitrary<Result>
}

const goal = fc.constantFrom<Goal>('min', 'max', 'none')
const rule = record<{ goal: Goal; tolerance: number; unit?: string }>({
  goal,
  tolerance: fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 10, noNaN: true })),
  unit: maybe(fc.constantFrom('ms', '%', 'GiB/s')),
})
const summary = fc.oneof(
  anyFloat.map((last) => ({ last, min: last, max: last, count: 1 })),
  anyFloat.map((last) => ({ last, min: last, max: last, best: { value: last }, count: 1 })),
  record<Metric['summary']>({
    last: anyFloat,
    min: anyFloat,
    max: anyFloat,
    best: maybe(record<{ value: number; step?: number }>({ value: anyFloat, step: maybe(fc.maxSafeInteger()) })),
    count: fc.integer({ min: 1, max: 1e9 }),
  }),
)
const metrics: fc.Arbitrary<Metrics> = fc
  .array(fc.tuple(visible.map(parseMetricKey), rule, summary), { maxLength: 5 })
  .map((entries) => new Map(entries.map(([key, ruled, summed]) => [key, { ...ruled, summary: summed }])))
const parameters: fc.Arbitrary<Parameters> = fc
  .array(fc.tuple(visible.map(parseParameterKey), fc.oneof(anyScalar, fc.array(anyScalar, { maxLength: 4 }))), {
    maxLength: 6,
  })
  .map((entries) => new Map(entries))
const dataset = record<Dataset>({
  uri: anyText,
  pin: maybe(
    fc.oneof(
      sha256.map((digest) => ({ kind: 'sha256' as const, sha256: digest })),
      anyText.map((id) => ({ kind: 'foreign' as const, scheme: 'dvc-md5' as const, id })),
    ),
  ),
  sizeBytes: maybe(count),
  fileCount: maybe(count),
  rows: maybe(count),
  columns: maybe(fc.array(record<Column>({ name: anyText, type: maybe(anyText) }), { maxLength: 4 })),
  revision: maybe(anyText),
})
const code: fc.Arbitrary<CodeState> = fc.oneof(
  anyText.map((reason) => ({ kind: 'none' as const, reason })),
  record<Extract<CodeState, { kind: 'commit' }>>({
    kind: fc.constant('commit' as const),
    commit: oid,
    tree: oid,
    branch: maybe(anyText),
    snapshot: maybe(oid),
    exact: maybe(oid),
    ignored: maybe(plain({ paths: fc.array(anyText, { maxLength: 3 }), count })),
    omitted: fc.array(anyText, { maxLength: 3 }),
  }),
)
const totals = plain({ count, sizeBytes: count })

const workingFolder = fc
  .constantFrom('.', 'experiments/churn', 'a b/c')
  .map((text) => present(parseWorkingFolder(text), 'a working folder'))
const resources = record<RunResources>({
  elapsedMs: count,
  userMs: maybe(count),
  systemMs: maybe(count),
  peakMemoryBytes: maybe(count),
  hostName: anyText,
})
const segment = plain({
  startedAt: instant,
  command: fc.array(anyText, { maxLength: 3 }),
  code,
  environment: sha256,
})

/** Any sealed run. */
export const anyRun: fc.Arbitrary<SealedRun> = fc
  .tuple(
    record<Omit<SealedRun, 'status'>>({
      id: runId,
      experiment: visible.map(parseExperimentName),
      startedAt: instant,
      message: maybe(anyText),
      command: maybe(fc.array(anyText, { maxLength: 4 })),
      workingFolder: maybe(workingFolder),
      givenParameters: maybe(fc.array(visible.map(parseParameterKey), { maxLength: 3 })),
      resources: maybe(resources),
      segments: maybe(fc.array(segment, { maxLength: 2 })),
      group: maybe(visible),
      parameters,
      metrics,
      datasets: fc.array(dataset, { maxLength: 3 }),
      code,
      environment: sha256,
      files: totals,
      seriesFull: maybe(path),
      parent: maybe(runId),
    }),
    fc.oneof(
      instant.map((endedAt) => ({ status: 'finished' as const, endedAt })),
      fc.tuple(instant, fc.integer()).map(([endedAt, exitCode]) => ({ status: 'failed' as const, endedAt, exitCode })),
      instant.map((lastSeenAt) => ({ status: 'killed' as const, lastSeenAt })),
      instant.map((lastSeenAt) => ({ status: 'killed' as const, lastSeenAt, signal: 'SIGTERM' })),
    ),
  )
  .map(([facts, end]) => ({ ...facts, ...end }))

/** Any model version. */
export const anyVersion = record<ModelVersion>({
  model: modelName,
  number: versionNumber,
  uid: ulid.map(versionUidOf),
  run: runId,
  createdAt: instant,
  message: maybe(anyText),
  path,
  contentDigest: sha256.map((digest) => present(parseContentDigest(`mlv1:${digest}`), 'a content digest')),
  files: totals,
  parameters,
  metrics,
  datasets: fc.array(dataset, { maxLength: 2 }),
  code,
  was: maybe(versionNumber),
})

/** Any version state. */
export const anyState = record<VersionState>({
  retired: maybe(plain({ reason: anyText, at: instant, by: anyText })),
  runs: fc.array(runId, { maxLength: 3 }),
  tags: fc.array(anyText, { maxLength: 3 }),
  note: maybe(anyText),
})

/** Any notes. */
export const anyNotes = record<RunNotes>({
  name: maybe(anyText),
  tags: fc.array(anyText, { maxLength: 3 }),
  note: maybe(anyText),
  archived: fc.boolean(),
})

/** Any saved view. */
export const anyView = plain<SavedView>({
  name: fc.constantFrom('baselines', 'A.b-c_9').map(parseViewName),
  hash: visible.map((text) => parseViewHash(`#/${text}`)),
})

/** Any alias. */
export const anyAlias = record<Alias>({
  model: modelName,
  name: aliasName,
  version,
  previous: maybe(version),
  metrics: fc
    .array(fc.tuple(visible.map(parseMetricKey), anyFloat), { maxLength: 4 })
    .map((entries) => new Map(entries)),
  by: anyText,
  at: instant,
  reason: maybe(anyText),
})

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

const metricGate = record<MetricGate>({
  min: maybe(finite),
  max: maybe(finite),
  worsen: maybe(
    fc.oneof(
      plain({ kind: fc.constant('absolute' as const), amount: fc.double({ min: 0, max: 1e9, noNaN: true }) }),
      plain({ kind: fc.constant('relative' as const), part: fc.nat(10_000).map((parts) => parts / 100) }),
    ),
  ),
})

const anyGates = record<GatePolicy>({
  metrics: fc
    .array(fc.tuple(visible.map(parseMetricKey), metricGate), { maxLength: 3 })
    .map((entries) => new Map(entries)),
  required: fc.array(visible.map(parseMetricKey), { maxLength: 3 }).map((keys) => keys.toSorted(compareText)),
  repeats: fc.integer({ min: 1, max: 99 }),
  sizeBytes: maybe(fc.nat()),
})

/** Any model. */
export const anyModel = record<Model>({
  name: modelName,
  description: maybe(anyText),
  metrics: fc.array(fc.tuple(visible.map(parseMetricKey), rule), { maxLength: 4 }).map((entries) => new Map(entries)),
  owners: fc.array(anyText, { maxLength: 3 }),
  gates: maybe(anyGates),
})

const repeatedMetric = record<RepeatedMetric>({
  key: visible.map(parseMetricKey),
  recorded: maybe(fc.double()),
  repeated: maybe(fc.double()),
  tolerance: maybe(fc.double({ min: 1e-9, max: 10, noNaN: true })),
  isSame: fc.boolean(),
})

/** Any receipt. */
export const anyReceipt = record<Receipt>({
  id: ulid,
  version,
  run: runId,
  at: instant,
  by: anyText,
  outcome: fc.oneof(
    fc.constant({ kind: 'reproduced' as const }),
    plain({
      kind: fc.constant('differed' as const),
      metrics: fc.array(visible.map(parseMetricKey), { maxLength: 3 }),
      causes: fc.array(fc.constantFrom('code' as const, 'hardware' as const), { maxLength: 2 }),
    }),
  ),
  compared: maybe(fc.array(repeatedMetric, { maxLength: 2 })),
  differences: maybe(
    fc.array(
      plain({
        cause: fc.constantFrom('data' as const, 'environment' as const),
        evidence: fc.array(anyText, { minLength: 1, maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  ),
})

const named = plain({ name: anyText, version: anyText })

/** Any environment. */
export const anyEnvironment: fc.Arbitrary<Environment> = record<Environment>({
  os: plain({ name: anyText, release: anyText, arch: anyText }),
  cpu: plain({ model: anyText, count, memoryBytes: count }),
  gpus: fc.array(record<{ model: string; driver?: string }>({ model: anyText, driver: maybe(anyText) }), {
    maxLength: 2,
  }),
  cuda: maybe(anyText),
  container: maybe(
    record<Container>({
      kind: fc.constantFrom('docker', 'podman', 'kubernetes', 'apptainer', 'other'),
      image: maybe(anyText),
    }),
  ),
  lockFiles: maybe(fc.array(plain({ path: anyText, sha256 }), { maxLength: 2 })),
  languages: fc.array(named, { maxLength: 2 }),
  packages: fc.array(plain({ name: anyText, version: anyText, source: anyText }), { maxLength: 4 }),
  variables: fc.array(plain({ name: anyText, value: anyText }), { maxLength: 2 }),
  unpinned: fc.array(anyText, { maxLength: 2 }),
})

const tensor = plain({
  name: anyText,
  dtype: fc.constantFrom('F32', 'BF16'),
  shape: fc.array(count, { maxLength: 3 }),
  sha256,
})

const anyUnpacked = record<ArtifactFile>({
  path,
  sha256,
  sizeBytes: fc.oneof(fc.nat(100_000), fc.maxSafeNat()),
  storage: fc.constantFrom({ kind: 'inline' as const }, { kind: 'pointer' as const }),
  tensors: maybe(fc.array(tensor, { maxLength: 3 })),
})

/** Any list of files, sorted by path; some lie one after the other in a pack. */
export const anyFiles: fc.Arbitrary<readonly ArtifactFile[]> = fc
  .tuple(fc.uniqueArray(fc.tuple(anyUnpacked, fc.boolean()), { selector: ([file]) => file.path, maxLength: 6 }), sha256)
  .map(([files, packDigest]) => {
    const pack = { sha256: packDigest, sizeBytes: files.length * 101_000 }
    return files
      .map(([file, isPacked], index): ArtifactFile => {
        if (!isPacked || file.sizeBytes > 100_000) return file
        return { ...file, storage: { kind: 'packed', pack, offset: index * 101_000 + 512 } }
      })
      .sort((left, right) => compareText(left.path, right.path))
  })

const point = record<Point>({
  step: fc.oneof(fc.integer({ min: -3, max: 200 }), fc.maxSafeInteger()).map((step) => step + 0),
  atMs: maybe(fc.integer({ min: 1.6e12, max: 4e12 })),
  value: anyFloat,
})

/** Any set of series. */
export const anySeries: fc.Arbitrary<SeriesSet> = fc
  .array(fc.tuple(visible.map(parseMetricKey), fc.array(point, { maxLength: 12 }).map(seriesOf)), { maxLength: 5 })
  .map((entries) => new Map(entries))
