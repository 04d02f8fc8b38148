/** What each command prints for people: lists, records and reports of what was done. */
import { describe, expect, test } from 'vitest'
import { checkoutText } from '../../../cli/commands/checkout.ts'
import { doctorText } from '../../../cli/commands/doctor.ts'
import { fsckText } from '../../../cli/commands/fsck.ts'
import { initText } from '../../../cli/commands/init.ts'
import { noteText } from '../../../cli/commands/note.ts'
import { retireText } from '../../../cli/commands/retire.ts'
import { revertText } from '../../../cli/commands/revert.ts'
import { aliasText } from '../../../cli/format/alias-text.ts'
import { sheetRows, tableLines } from '../../../cli/format/columns.ts'
import type { Table } from '../../../cli/format/columns.ts'
import { commitNext, commitText, recoverText } from '../../../cli/format/commit-text.ts'
import { logTable } from '../../../cli/format/log-table.ts'
import { modelTable, versionTable } from '../../../cli/format/model-table.ts'
import { recordText } from '../../../cli/format/record-text.ts'
import { fieldTable, groupTable, runTable } from '../../../cli/format/run-table.ts'
import { statusText } from '../../../cli/format/status-text.ts'
import { parseMetricKey } from '../../../src/domain/key.ts'
import type { SealedRun } from '../../../src/domain/run.ts'
import { fieldValue } from '../../../src/ops/revisions/field-value.ts'
import { shown } from '../fake-environment.ts'
import * as reports from '../sample-reports.ts'

const PERSON = { isPerson: true, nowMs: reports.NOW_MS }
const PROGRAM = { isPerson: false, nowMs: reports.NOW_MS }

function table(drawn: Table, width = 160): string {
  return shown(tableLines(drawn, width))
}

function sheet(drawn: Table): string {
  return `\n${sheetRows(drawn).join('\n').replaceAll('\t', ' | ')}\n`
}

describe('lists', () => {
  test('runs: what a person sees', () => {
    expect(table(runTable(reports.ROWS, PERSON))).toMatchInlineSnapshot(`
      "
         id            created          took  version                latency ↓  val/auc ↑  epoch   lr  message
      ✓  01m7w4n5e000  30 min ago  1 min 0 s  churn@v3                  18.25★    0.9130       3  0.3  attempt 3
      ✓  01m7w4n5e000  30 min ago  1 min 0 s  churn@v2 (production)        21     0.9240★      3  0.2  wide attempt 2 #baseline
      "
    `)
  })

  test('runs on a narrow terminal: metrics stay longest, those with a goal longer', () => {
    expect(table(runTable(reports.ROWS, PERSON), 80)).toMatchInlineSnapshot(`
      "
         id            version                latency ↓  val/auc ↑  message
      ✓  01m7w4n5e000  churn@v3                  18.25★    0.9130   attempt 3
      ✓  01m7w4n5e000  churn@v2 (production)        21     0.9240★  wide attempt 2 #b…
      "
    `)
  })

  test('runs: what a program reads', () => {
    expect(sheet(runTable(reports.ROWS, PROGRAM))).toMatchInlineSnapshot(`
      "
      id | created | status | experiment | version | latency | val/auc | epoch | message
      01m7w4n5e00000000000000003 | 2026-11-20T09:30:00.000Z | finished | churn | churn@v3 | 18.25 | 0.913 | 3 | attempt 3
      01m7w4n5e00000000000000002 | 2026-11-20T09:30:00.000Z | finished | churn | churn@v2 (production) | 21 | 0.924 | 3 | wide attempt 2 #baseline
      "
    `)
  })

  test('chosen columns', () => {
    const fields = ['param.seed', 'metric."val/auc".best', 'elapsed', 'created', 'param.absent']
    expect(table(fieldTable(reports.ROWS, fields, fieldValue, PERSON))).toMatchInlineSnapshot(`
      "
         id            param.seed            metric."val/auc".best  elapsed    created     param.absent
      ✓  01m7w4n5e000  12345678901234567890  0.9130                 1 min 0 s  30 min ago
      ✓  01m7w4n5e000  12345678901234567890  0.9240                 1 min 0 s  30 min ago
      "
    `)
    expect(sheet(fieldTable(reports.ROWS, fields, fieldValue, PROGRAM))).toMatchInlineSnapshot(`
      "
      id | param.seed | metric."val/auc".best | elapsed | created | param.absent
      01m7w4n5e00000000000000003 | 12345678901234567890 | 0.913 | 60000 | 2026-11-20T09:30:00.000Z | 
      01m7w4n5e00000000000000002 | 12345678901234567890 | 0.924 | 60000 | 2026-11-20T09:30:00.000Z | 
      "
    `)
  })

  test('groups', () => {
    expect(table(groupTable(reports.GROUPS, 'param.lr', PERSON))).toMatchInlineSnapshot(`
      "
      param.lr  runs           val/auc
      0.1          2  0.9200 ± 0.01000
                   1
      "
    `)
    expect(sheet(groupTable(reports.GROUPS, 'param.lr', PROGRAM))).toMatchInlineSnapshot(`
      "
      param.lr | runs | val/auc mean | val/auc deviation | val/auc count
      0.1 | 2 | 0.92 | 0.01 | 2
       | 1 |  |  | 
      "
    `)
  })

  test('models, and the versions of one', () => {
    expect(table(modelTable(reports.MODELS, PERSON))).toMatchInlineSnapshot(`
      "
      model   versions  latest  created     aliases        description
      churn          3  v3      30 min ago  production=v3  who leaves next month
      uplift         0
      "
    `)
    expect(table(versionTable(reports.MODEL_VIEW, PERSON))).toMatchInlineSnapshot(`
      "
      version  created     aliases     state    latency ↓  val/auc ↑  epoch  message
      v3       30 min ago              retired      18.25     0.9130      3  drift
      v2       30 min ago  production                  21     0.9240      3  attempt 2
      "
    `)
  })

  test('of the versions in use a person sees which is best', () => {
    const versions = reports.MODEL_VIEW.versions.map((entry) => ({ ...entry, state: { runs: [], tags: [] } }))
    const drawn = table(versionTable({ ...reports.MODEL_VIEW, versions }, PERSON))
    expect(drawn.match(/\S+★/g)).toEqual(['18.25★', '0.9240★'])
    // Of one that is left nothing is best, and a program counts for itself.
    expect(table(versionTable(reports.MODEL_VIEW, PERSON))).not.toContain('★')
    expect(sheet(versionTable({ ...reports.MODEL_VIEW, versions }, PROGRAM))).not.toContain('★')
  })

  test('the versions of one are listed without samples of the machine, also for programs', () => {
    const [newest] = reports.MODEL_VIEW.versions
    const memory = [...(newest?.version.metrics.values() ?? [])][0]
    if (newest === undefined || memory === undefined) throw new Error('expected a metric')
    const metrics = new Map([
      ...newest.version.metrics,
      [parseMetricKey('system/memory'), { ...memory, goal: 'none' }],
    ] as const)
    const view = { ...reports.MODEL_VIEW, versions: [{ ...newest, version: { ...newest.version, metrics } }] }
    for (const reader of [PERSON, PROGRAM]) {
      const titles = versionTable(view, reader).columns.map(({ title }) => title)
      expect(titles.filter((title) => title.includes('system'))).toEqual([])
      expect(titles.length).toBeGreaterThan(5)
    }
  })

  test('the log, with a commit that was made with plain git', () => {
    expect(table(logTable(reports.LOG, PERSON))).toMatchInlineSnapshot(`
      "
      operation     when        by           what
      01m7w4n5e000  29 min ago  Ada Example  churn: promote v3 to production (val/auc 0.924 -> 0.913)
      3333333333    40 min ago  Ada Example  Revert 'churn: promote v2'
      "
    `)
    expect(sheet(logTable(reports.LOG, PROGRAM))).toMatchInlineSnapshot(`
      "
      operation | commit | at | by | kind | subject
      01m7w4n5e00000000000000068 | 2222222222222222222222222222222222222222 | 2026-11-20T09:31:00.000Z | Ada Example <ada@example.com> | promote | churn: promote v3 to production (val/auc 0.924 -> 0.913)
       | 3333333333333333333333333333333333333333 | 2026-11-20T09:20:00.000Z | Ada Example <ada@example.com> | foreign | Revert 'churn: promote v2'
      "
    `)
  })
})

describe('records', () => {
  test('a run', () => {
    expect(shown(recordText(reports.SHOWN_RUN))).toMatchInlineSnapshot(`
      "
      run 01m7w4n5e00000000000000002
        name        wide
        message     attempt 2
        status      finished after 1 min 0 s
        started     2026-11-20 09:28 UTC
        experiment  churn
        version     churn@v2 (production)
        tags        baseline
        note        kept for the paper
        command     python train.py
        code        aaaaaaaaaa on main
        snapshot    cccccccccc, with uncommitted changes

      metrics
        epoch      3
        latency ↓  21 ms
        val/auc ↑  0.9240  min 0.9040, max 0.9240, best 0.9240 at step 2, 3 points

      parameters
        lr           0.2
        model.depth  4
        seed         12345678901234567890
        tag          "1"

      files
        model/model.safetensors  21 B  b0e57a438c  1 tensor

      datasets
        data/train.csv  7043 rows, 1.21 MB  116f54c41d

      environment
        os          Linux 6.1.0 x64
        cpu         2 x AMD EPYC 7B13, 8.32 GB
        gpu         NVIDIA L4, driver 550.54
        languages   python 3.12.1
        packages    1 package
        not pinned  data/raw is not pinned by anything
      "
    `)
  })

  test('a version', () => {
    expect(shown(recordText(reports.SHOWN_VERSION))).toMatchInlineSnapshot(`
      "
      churn@v2
        aliases   production
        retired   leaked labels (Ada Example <ada@example.com>)
        message   attempt 2
        tags      paper
        note      see issue 12
        created   2026-11-20 09:30 UTC
        run       01m7w4n5e000, 01m7w4n5e000
        code      aaaaaaaaaa on main
        snapshot  cccccccccc, with uncommitted changes
        path      model
        uid       01m7w4n5e00000000000000036
        content   mlv1:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35

      metrics
        epoch      3
        latency ↓  21 ms
        val/auc ↑  0.9240  min 0.9040, max 0.9240, best 0.9240 at step 2, 3 points

      parameters
        lr           0.2
        model.depth  4
        seed         12345678901234567890
        tag          "1"

      files
        model.safetensors  21 B  b0e57a438c  1 tensor

      datasets
        data/train.csv  7043 rows, 1.21 MB  116f54c41d

      receipts
        2026-11-20 09:45 UTC  differed  latency; not the same: hardware  run 01m7w4n5e000, Ada Example <ada@example.com>
      "
    `)
  })
})

describe('what was done', () => {
  test('init', () => {
    expect(shown(initText(reports.INIT))).toMatchInlineSnapshot(`
      "
      started branch mlv (layout single, store lfs)
      wrote /work/churn/mlv.yaml
      "
    `)
  })

  test('commit, and the advice to look when a metric got worse', () => {
    expect(shown(commitText(reports.COMMIT))).toMatchInlineSnapshot(`
      "
      run 01m7w4n5e000 of churn: 4 parameters, 1 file (21 B)
      registered churn@v3
      compared with churn@production (v2)
        epoch      3 -> 3             (unchanged)
        latency ↓  21.00 -> 18.25 ms  (-2.75, better)
        val/auc ↑  0.9240 -> 0.9130   (-0.0110, worse)
      "
    `)
    expect(commitNext(reports.COMMIT)).toBe('mlv diff churn@production churn@v3')
  })

  test('commit without a model or a baseline', () => {
    const first = { ...reports.COMMIT, version: undefined, baseline: undefined, changes: [] }
    expect(shown(commitText(first))).toMatchInlineSnapshot(`
      "
      run 01m7w4n5e000 of churn: 4 parameters, 1 file (21 B)
      "
    `)
    expect(commitNext(first)).toBe('mlv show 01m7w4n5e000')
    expect(commitNext({ ...first, version: reports.COMMIT.version })).toBe('mlv promote churn@v3 production')
  })

  test('with nothing in production, a version that is not the best so far is not the one to promote', () => {
    const { run, ...report } = reports.COMMIT
    const auc = (last: number): SealedRun['metrics'] => {
      const entries = [...run.metrics].filter(([key]) => key === 'val/auc')
      return new Map(entries.map(([key, metric]) => [key, { ...metric, summary: { ...metric.summary, last } }]))
    }
    const after = (head: number, rivals?: readonly number[]): string => {
      const known = rivals === undefined ? {} : { rivals: rivals.map(auc) }
      const baseline = { kind: 'version', label: 'churn@v2', ...known } as const
      return commitNext({ ...report, run: { ...run, metrics: auc(head) }, baseline, changes: [] })
    }
    expect(after(0.93, [0.8, 0.9])).toBe('mlv promote churn@v3 production')
    expect(after(0.93, [0.99, 0.9])).toBe('mlv models churn')
    expect(after(0.93, [0.93])).toBe('mlv models churn')
    expect(after(0.93)).toBe('mlv models churn')
  })

  test('commit --recover', () => {
    expect(shown(recoverText(reports.RECOVER))).toMatchInlineSnapshot(`
      "
      recorded run 01m7w4n5e000 as killed, 17 B of a torn write cut off
      run 01m7w4n5e000 was on the branch already
      left 01m7w4n5e000: still running
      "
    `)
    expect(shown(recoverText({ sealed: [], skippedLive: [] }))).toBe('\nnothing was interrupted\n')
  })

  test('promote, also when there is nothing to do', () => {
    expect(shown(aliasText(reports.PROMOTE))).toMatchInlineSnapshot(`
      "
      churn@production is now v3, was v2
        epoch      3 -> 3             (unchanged)
        latency ↓  21.00 -> 18.25 ms  (-2.75, better)
        val/auc ↑  0.9240 -> 0.9130   (-0.0110, worse)
      "
    `)
    expect(shown(aliasText(reports.PROMOTE_AGAIN))).toBe('\nchurn@production names v3 already\n')
  })

  test('note, checkout, revert, retire', () => {
    const lines = [
      ...noteText(reports.NOTE),
      ...checkoutText(reports.CHECKOUT),
      ...revertText(reports.REVERT),
      ...retireText(reports.RETIRE),
    ]
    expect(shown(lines)).toMatchInlineSnapshot(`
      "
      run 01m7w4n5e000: name wide; tags baseline; note kept for the paper
      churn@v2: 2 files, 1.21 MB, 1 of them already there, verified, in /work/churn
      code of aaaaaaaaaa with what was not committed, 12 files, fetched from origin, in /work/churn-v2
        libs/inner: submodule commit cccccccccccccccccccccccccccccccccccccccc is not in this clone
      reverted 'churn: promote v3 to production' (1 file)
      undo: mlv revert 01m7w4n5e000
      churn@v3 is retired: leaked labels
      "
    `)
  })

  test('status, fsck, doctor', () => {
    expect(shown(statusText(reports.STATUS))).toMatchInlineSnapshot(`
      "
      branch mlv at 2222222222, 3 ahead of and 1 behind origin/mlv
      3 operations wait to be shared; run 'mlv push'
      12 runs, 1 model
      store 4 objects, 8.10 MB; git engine system
      not yet on the branch:
        interrupted 01m7w4n5e000 churn
        running 01m7w4n5e000 churn
        run 'mlv commit --recover' to record them
      promotions that wait for a review:
        mlv-promote/churn-production-1: churn@production to v3 by Ada Example <ada@example.com>, outdated: the alias was moved since
      the code of 1 run is not here: 01m7w4n5e000
        it is fetched when it is needed; 'mlv fetch --code' fetches what was sent now
      "
    `)
    expect(shown(fsckText(reports.FSCK))).toMatchInlineSnapshot(`
      "
      repaired artifact 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed: its bytes do not match its digest
      damaged run 01m7w4n5e00000000000000002: run.yaml line 3: expected a number
      absent here: 1 object (1.50 MB); 'mlv fsck --full' fetches them
      checked 12 runs, 3 versions, 1 alias, 4 objects (8.10 MB): 1 problem
      "
    `)
    expect(shown(doctorText(reports.DOCTOR))).toMatchInlineSnapshot(`
      "
      ok       git       git version 2.39.5 at /usr/bin/git
      problem  identity  user.email is not set
        next: git config user.email you@example.com
      "
    `)
  })
})
