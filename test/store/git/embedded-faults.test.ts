/**
 * Every call that changes the disk fails once, in every way, while the embedded engine commits. Afterwards the old or
 * the new state is there, whole, never a third; and the next commit works, also beside what a killed writer left.
 */
import { describe, expect, test } from 'vitest'
import type { Oid } from '../../../src/domain/oid.ts'
import type { RefName } from '../../../src/domain/ref-name.ts'
import { rootPath } from '../../../src/domain/tree-path.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { openEmbeddedEngine } from '../../../src/store/git/embedded-engine.ts'
import type { RefUpdate } from '../../../src/store/git/engine.ts'
import { countingFiles, faultyFiles, FAULTS } from '../../support/faulty-files.ts'
import type { Fault } from '../../support/faulty-files.ts'
import { MLV, put, RECORDS, updateOf } from '../../support/git-worlds.ts'
import { fsck, makeMemoryRepository, SIGNATURES } from '../../support/repository.ts'
import type { MemoryRepository } from '../../support/repository.ts'

/** What a commit does, from which state. */
interface Scenario {
  readonly refs: readonly RefName[]
  /** Whether the refs exist before, and how they are stored then. */
  readonly before: 'absent' | 'loose' | 'packed'
}

/** What each ref is told to hold, by the text of one file; `undefined` for no ref. */
type State = readonly (string | undefined)[]

const REFUSALS: { readonly [F in Exclude<Fault, 'kill'>]: string } = {
  EIO: 'disk-failed',
  ENOSPC: 'disk-full',
  EROFS: 'repository-read-only',
  EMFILE: 'too-many-open-files',
}

const SCENARIOS: { readonly [Name in string]: Scenario } = {
  'making a ref': { refs: [MLV], before: 'absent' },
  'moving a loose ref': { refs: [MLV], before: 'loose' },
  'moving a packed ref': { refs: [MLV], before: 'packed' },
  'making two refs': { refs: [MLV, RECORDS], before: 'absent' },
  'moving two loose refs': { refs: [MLV, RECORDS], before: 'loose' },
  'moving two packed refs': { refs: [MLV, RECORDS], before: 'packed' },
}

describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
  test.each(FAULTS)('survives %s at every call', async (fault) => {
    const calls = await callsWithoutFault(scenario)
    expect(calls).toBeGreaterThan(15)
    for (let at = 1; at <= calls; at += 1) await failAt(scenario, { at, fault })
  })
})

async function callsWithoutFault(scenario: Scenario): Promise<number> {
  const repository = await prepare(scenario)
  const files = countingFiles(repository.files)
  await commitOn(repository, files, scenario, 'new')
  return files.calls.length
}

async function failAt(scenario: Scenario, plan: { readonly at: number; readonly fault: Fault }): Promise<void> {
  const repository = await prepare(scenario)
  const old = await stateOf(repository, scenario)
  const files = faultyFiles(repository.files, plan)
  const outcome = await commitOn(repository, files, scenario, 'new').then(
    () => 'acknowledged',
    (error: unknown) => error,
  )
  const where = `${plan.fault} at call ${plan.at}, ${files.calls[plan.at - 1] ?? 'none'}`

  expectTold(outcome, plan.fault, where)
  const found = await stateOf(repository, scenario)
  expect([old, scenario.refs.map(() => 'new')], where).toContainEqual(found)

  await commitOn(repository, repository.files, scenario, 'after')
  expect(await stateOf(repository, scenario), where).toEqual(scenario.refs.map(() => 'after'))
  expect(leftovers(repository), where).toEqual([])
  if (plan.fault === 'kill') expect(fsck(repository), where).toBe('')
}

/** A fault is told by its refusal; a killed process tells nothing, so anything it says is not looked at. */
function expectTold(outcome: unknown, fault: Fault, where: string): void {
  if (fault === 'kill') return
  const code = outcome instanceof Error && 'code' in outcome ? outcome.code : outcome
  expect(code, where).toBe(REFUSALS[fault])
}

async function prepare(scenario: Scenario): Promise<MemoryRepository> {
  const repository = makeMemoryRepository()
  if (scenario.before === 'loose') {
    for (const ref of scenario.refs) await commitOn(repository, repository.files, { ...scenario, refs: [ref] }, 'old')
  }
  if (scenario.before === 'packed')
    await commitOn(repository, repository.files, { ...scenario, refs: [MLV, RECORDS] }, 'old')
  return repository
}

async function commitOn(
  repository: MemoryRepository,
  files: Files,
  scenario: Scenario,
  content: string,
): Promise<readonly Oid[]> {
  const engine = await openEmbeddedEngine(repository.place, files)
  const updates: RefUpdate[] = []
  for (const ref of scenario.refs) {
    updates.push(updateOf({ ref, expected: await engine.readRef(ref), edits: [put('deep/file', content)] }))
  }
  return await engine.commitRefs(updates, SIGNATURES)
}

/** What is readable through the whole chain: ref, commit, tree, file. */
async function stateOf(repository: MemoryRepository, scenario: Scenario): Promise<State> {
  const engine = await openEmbeddedEngine(repository.place, repository.files)
  const texts: (string | undefined)[] = []
  for (const ref of scenario.refs) {
    const tip = await engine.readRef(ref)
    if (tip === undefined) texts.push(undefined)
    else {
      for (const { oid } of await engine.log(tip, {})) await engine.readTree(oid)
      const [file] = await engine.listFiles(tip, rootPath('deep'))
      texts.push(file === undefined ? 'no file' : Buffer.from(await engine.readBlob(file.oid)).toString('utf8'))
    }
  }
  return texts
}

/** Files that belong to no commit that was made. `packed-refs.mlv` is written over by the next that needs it. */
function leftovers(repository: MemoryRepository): readonly string[] {
  const paths = Object.entries(repository.volume.toJSON(repository.place.gitDir))
  return paths
    .filter(([, content]) => content !== null)
    .map(([path]) => path)
    .filter((path) => /\.lock$|\.keep$|mlv_tmp/.test(path))
}
