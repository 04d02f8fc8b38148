/**
 * Logs and death: a program killed while it logs loses nothing that was acknowledged, and a disk that fails while a run
 * is sealed leaves it to be sealed once, later.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Failure } from '../../src/domain/failure.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { hostOptions } from '../../src/host.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import { recoverRuns } from '../../src/ops/record/recover-runs.ts'
import type { Files } from '../../src/store/files/files.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { countingFiles, faultyFiles } from '../support/faulty-files.ts'
import { leaveRun, startLogging } from '../support/left-run.ts'
import { openForTest } from '../support/open-repository.ts'
import { copyFolder, GIT_VARIABLES, runGit, temporaryFolder } from '../support/repository.ts'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

function initialized(): World {
  const world = makeReadyWorld()
  return world
}

interface ShownRun {
  readonly run: { readonly status: string; readonly metrics: { readonly loss: { readonly count: number } } }
}

test('killed while it logs, a run has every acknowledged point, once', async () => {
  const world = initialized()
  for (const count of [1, 37, 400]) {
    const logging = startLogging(world.folder)
    const { id } = await logging.reached(count)
    const acknowledged = await logging.kill()
    expect(world.mlv('commit', '--recover').exitCode).toBe(0)
    const { run } = world.json('show', id) as ShownRun
    expect(run.status).toBe('killed')
    // Steps are logged once each, so as many points as acknowledged, or ten more that were under way, are all of them.
    expect(run.metrics.loss.count).toBeGreaterThanOrEqual(acknowledged.length)
    expect(run.metrics.loss.count).toBeLessThanOrEqual(acknowledged.length + 10)
    expect(world.json('commit', '--recover')).toEqual({ sealed: [], skippedLive: [] })
  }
})

/** A repository with a run that logged more than the branch holds, and files; its process is gone. */
function leaveLogs(): string {
  const world = initialized()
  const { folder } = leaveRun(world.folder)
  const points = Array.from({ length: 4_000 }, (_, step) => `{"metric":"loss","value":${1 / (step + 1)}}\n`)
  appendFileSync(join(folder, 'log.jsonl'), points.join(''))
  appendFileSync(join(folder, 'log.jsonl'), '{"text":"sample","value":"Once"}\n{"artifact":"train.py","name":"a.py"}\n')
  return world.folder
}

/** Recovers as another process: a lock of one that lives is nobody's to break. */
async function recoverWith(folder: string, files: Files): Promise<string> {
  const victim = spawn('sleep', ['600'], { stdio: 'ignore' })
  const identity = victim.pid === undefined ? {} : { processId: victim.pid }
  const options = { ...hostOptions(folder), ...identity, variables: GIT_VARIABLES, files }
  const outcome = await openRepository(options)
    .then(async (repository) => {
      await recoverRuns(repository).finally(() => repository.close())
      return 'sealed'
    })
    .catch((caught: unknown) => (caught instanceof Failure ? caught.code : String(caught)))
  victim.kill('SIGKILL')
  await once(victim, 'exit')
  return outcome
}

/** How many commits there are, and what the runs on the branch have. */
async function recorded(folder: string): Promise<{ readonly commits: number; readonly points: readonly number[] }> {
  const repository = await openForTest(folder)
  const rows = await listRuns(repository, {})
  const points = rows.map(({ run }) => run.metrics.get(parseMetricKey('loss'))?.summary.count ?? 0)
  return { commits: Number(runGit(folder, ['rev-list', '--count', 'mlv'])), points }
}

test('a full disk or a kill while a run is sealed leaves it whole, to be sealed once', async () => {
  const template = leaveLogs()
  const copyOf = (): string => {
    const folder = temporaryFolder()
    copyFolder(template, folder)
    return folder
  }
  const counting = countingFiles(nodeFiles)
  expect(await recoverWith(copyOf(), counting)).toBe('sealed')
  const calls = counting.calls.length
  expect(calls).toBeGreaterThan(20)
  let refused = 0
  // Every third call, the faults in turn, so that over the kinds of calls each meets both.
  for (let at = 1; at <= calls; at += 3) {
    const folder = copyOf()
    const fault = at % 2 === 0 ? 'kill' : 'ENOSPC'
    const where = `${fault} at call ${at}, ${counting.calls[at - 1] ?? 'none'}`
    if ((await recoverWith(folder, faultyFiles(nodeFiles, { at, fault }))) !== 'sealed') refused += 1
    expect(await recoverWith(folder, nodeFiles), where).toBe('sealed')
    expect(await recorded(folder), where).toEqual({ commits: 2, points: [4_000] })
    expect(readdirSync(join(folder, '.git/mlv/journal')), where).toEqual([])
  }
  expect(refused).toBeGreaterThan(calls / 6)
})
