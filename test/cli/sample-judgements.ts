/**
 * Reports that judge what is recorded: boards, blame, bisections and claims, of the churn model of the other samples.
 */
import { instantOf } from '../../src/base/clock.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { judge } from '../../src/domain/metric-verdict.ts'
import { parseAliasName, parseModelName } from '../../src/domain/name.ts'
import { runIdOf } from '../../src/domain/run.ts'
import type { BisectReport, TriedCommit } from '../../src/ops/rerun/bisect-options.ts'
import type { Lineage } from '../../src/domain/lineage.ts'
import type { ModelBlame } from '../../src/ops/models/blame-model.ts'
import type { CheckedDocument } from '../../src/ops/claims/check-claims.ts'
import type { Board, BoardRow } from '../../src/ops/read/read-board.ts'
import type { MadeCard } from '../../cli/json/card-json.ts'
import { sampleUlid } from '../support/sample.ts'
import { numberOf, oidOf, sampleVersion } from './sample-reports.ts'

const BY = 'Ada Example <ada@example.com>'
const PRODUCTION = parseAliasName('production')
const AUC = { goal: 'max' as const, tolerance: 0.001 }
const LATENCY = { goal: 'min' as const, tolerance: 0.5, unit: 'ms' }
const [AUC_KEY, LATENCY_KEY] = [parseMetricKey('val/auc'), parseMetricKey('latency')]

function momentOf(minute: number): ReturnType<typeof instantOf> {
  return instantOf(Date.UTC(2026, 10, 20, 9, minute))
}

function boardRow(name: string, number: number, auc: number, best: readonly string[]): BoardRow {
  const model = parseModelName(name)
  const version = { ...sampleVersion(number, auc, 18.25), model }
  const alias = {
    model,
    name: PRODUCTION,
    version: { number: version.number, uid: version.uid },
    metrics: new Map([[AUC_KEY, auc]]),
    by: BY,
    at: momentOf(30 + number),
  }
  const values = new Map([
    [AUC_KEY, { rule: AUC, value: auc, isBest: best.includes('val/auc') }],
    [LATENCY_KEY, { rule: LATENCY, value: 18.25, isBest: best.includes('latency') }],
  ])
  return { model, alias, version, values }
}

/** Two models, the second of which is the better. */
export const BOARD: Board = {
  alias: PRODUCTION,
  commit: oidOf('9'),
  asOf: momentOf(50),
  metrics: [LATENCY_KEY, AUC_KEY],
  rows: [boardRow('churn', 2, 0.924, ['latency']), boardRow('churn-eu', 3, 0.931, ['latency', 'val/auc'])],
  without: [parseModelName('uplift')],
}

/** A version of a run that read data, with an alias, and a repetition that is not shown. */
export const LINEAGE: Lineage = {
  focus: 'version:churn@v3',
  nodes: [
    { key: 'version:churn@v3', kind: 'version', title: 'churn@v3', note: '', more: 1 },
    { key: `run:${sampleUlid(3)}`, kind: 'run', title: 'attempt 3', note: 'churn', more: 0 },
    { key: 'alias:churn@production', kind: 'alias', title: 'production', note: 'churn', more: 0 },
    { key: 'data:sha256:00', kind: 'data', title: 'data\u001b[2J.csv', note: 'sha256 00', more: 0 },
  ],
  edges: [
    { from: 'data:sha256:00', to: `run:${sampleUlid(3)}`, relation: 'read by' },
    { from: `run:${sampleUlid(3)}`, to: 'version:churn@v3', relation: 'made' },
    { from: 'version:churn@v3', to: 'alias:churn@production', relation: 'named' },
  ],
  isCut: true,
}

/** A version that improved one metric and worsened the other. */
export const BLAME: ModelBlame = {
  champion: sampleVersion(3, 0.931, 21),
  alias: PRODUCTION,
  aliasSince: momentOf(40),
  metrics: [
    {
      key: LATENCY_KEY,
      rule: LATENCY,
      value: 21,
      since: numberOf(1),
      worsened: {
        number: numberOf(3),
        run: runIdOf(sampleUlid(3)),
        from: numberOf(2),
        base: 18.25,
        head: 21,
        verdict: judge(LATENCY, 18.25, 21),
        by: BY,
        at: momentOf(30),
        message: 'attempt 3',
        promotedAt: momentOf(40),
        causes: [{ cause: 'parameters', evidence: ['depth: 4 -> 8'] }],
      },
    },
    { key: AUC_KEY, rule: AUC, value: 0.931, since: numberOf(3) },
  ],
}

function triedCommit(number: number, verdict: TriedCommit['verdict'], values: readonly number[]): TriedCommit {
  return {
    commit: oidOf(String(number)),
    subject: `Change ${number}`,
    by: BY,
    at: momentOf(number),
    verdict,
    runs: values.map((_, index) => runIdOf(sampleUlid(10 * number + index))),
    values,
    isClear: true,
  }
}

const [GOOD, FIFTH, BAD] = [
  triedCommit(1, 'good', [0.931, 0.93]),
  triedCommit(5, 'good', [0.9305]),
  triedCommit(9, 'bad', [0.88]),
]

/** A search that came to an end. */
export const FOUND: BisectReport = {
  metric: AUC_KEY,
  rule: AUC,
  bound: { worse: 'lower', limit: 0.9295, from: 'tolerance' },
  good: GOOD,
  bad: BAD,
  commits: 4,
  steps: [
    { ...FIFTH, how: 'recorded', told: [] },
    { ...triedCommit(7, 'skip', []), how: 'launched', told: [] },
    {
      ...triedCommit(8, 'bad', [0.881]),
      how: 'launched',
      told: ['data data/raw is not pinned, so it was not checked'],
    },
  ],
  outcome: {
    kind: 'suspects',
    suspects: [7, 8].map((number) => {
      const { commit, subject, by, at } = triedCommit(number, 'skip', [])
      return { commit, subject, by, at }
    }),
    firstBad: triedCommit(8, 'bad', [0.881]),
  },
  lastGood: FIFTH,
  causes: [{ cause: 'code', evidence: ['train.py changed'] }],
  codeStat: ' train.py | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n',
  contradictions: [],
}

/** The same with one commit at the end. */
export const FOUND_ONE: BisectReport = {
  ...FOUND,
  steps: FOUND.steps.slice(0, 1),
  outcome: { kind: 'found', firstBad: BAD },
  contradictions: [triedCommit(8, 'good', [0.93])],
}

/** One that needs a run. */
export const OPEN: BisectReport = {
  ...FOUND,
  steps: [],
  outcome: {
    kind: 'open',
    next: { commit: FIFTH.commit, subject: FIFTH.subject, by: FIFTH.by, at: FIFTH.at },
    left: 3,
    firstBad: BAD,
  },
  lastGood: GOOD,
}

/** Claims of every kind, and a template whose output is behind. */
export const CLAIMS: readonly CheckedDocument[] = [
  {
    name: 'README.md',
    isWritten: false,
    claims: [
      {
        line: 3,
        column: 12,
        claim: 'churn@v2#val/auc .3f',
        status: 'holds',
        claimed: '0.924',
        recorded: '0.924',
        label: 'churn@v2',
        retired: 'drift',
      },
      {
        line: 4,
        column: 1,
        claim: 'churn@production#val/auc .3f',
        status: 'stale',
        claimed: '0.924',
        recorded: '0.931',
        label: 'churn@v3',
      },
      { line: 5, column: 1, claim: 'churn@v9#auc', status: 'unknown', problem: 'churn has no version v9' },
      { line: 9, column: 1, claim: 'churn@v2#params.lr', status: 'open', recorded: '0.2', label: 'churn@v2' },
    ],
  },
  { name: 'paper.tex.mlv', output: 'paper.tex', claims: [], isWritten: false, outdatedLine: 12 },
]

/** A card that was held against a file. */
export const MADE: MadeCard = {
  version: 'churn@v2',
  card: '# `churn` v2\n',
  output: { name: 'MODEL_CARD.md', isWritten: true },
}
