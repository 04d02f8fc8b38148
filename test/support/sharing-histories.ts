/**
 * Random histories of three clones that share one remote, kills and clock jumps included, and what must hold of each.
 */
import fc from 'fast-check'
import { present } from '../../src/base/assert.ts'
import { instantOf } from '../../src/base/clock.ts'
import { ulidFrom } from '../../src/base/ulid.ts'
import type { Ulid } from '../../src/base/ulid.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { formatOperation, parseOperation } from '../../src/domain/operation-message.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import type { Operation } from '../../src/domain/operation.ts'
import { parseModelName } from '../../src/domain/name.ts'
import { parseVersionNumber, versionUidOf } from '../../src/domain/model-version.ts'
import type { VersionNumber } from '../../src/domain/model-version.ts'
import { runIdOf } from '../../src/domain/run.ts'
import { areaOf, rootPath, runFolder } from '../../src/domain/tree-path.ts'
import type { TreeEdit } from '../../src/store/git/engine.ts'
import { MemoryWorld } from './memory-clones.ts'
import type { MemoryClone } from './memory-clones.ts'

/** One thing that happens to one clone. */
export interface Step {
  readonly clone: number
  readonly kind:
    | 'run'
    | 'version'
    | 'promote'
    | 'rollback'
    | 'note'
    | 'retire'
    | 'model'
    | 'receipt'
    | 'push'
    | 'pull'
    | 'push killed'
    | 'pull killed'
    | 'clock'
    /** A colleague's branch is fetched from them, not from the remote. */
    | 'copy'
  /** Chooses among what there is. */
  readonly pick: number
}

/** A history: where records are kept, and what happens. */
export interface History {
  readonly layout: 'single' | 'split'
  readonly steps: readonly Step[]
}

const START_MS = Date.UTC(2026, 10, 20)
const CLONES = 3
const MODEL = parseModelName('churn')
const ADA = { name: 'Ada', email: 'ada@example.com', zone: '+0000' }
const ALIASES = ['production', 'champion']

const anyStep: fc.Arbitrary<Step> = fc.record({
  clone: fc.nat(CLONES - 1),
  kind: fc.oneof(
    { arbitrary: fc.constantFrom<Step['kind']>('run', 'version', 'promote', 'note', 'push', 'pull'), weight: 4 },
    {
      arbitrary: fc.constantFrom<Step['kind']>(
        'rollback',
        'retire',
        'model',
        'receipt',
        'push killed',
        'pull killed',
        'clock',
        'copy',
      ),
      weight: 1,
    },
  ),
  pick: fc.nat(1000),
})

/** Any history. */
export const anyHistory: fc.Arbitrary<History> = fc.record({
  layout: fc.constantFrom<History['layout']>('single', 'split'),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 40, size: 'max' }),
})

/** A world in which a history has happened. */
export class Played {
  readonly world: MemoryWorld
  readonly clones: MemoryClone[] = []
  /** Every run and version that was ever acknowledged, by its id. */
  readonly runs = new Map<string, string>()
  readonly versions = new Set<string>()
  /** Numbers that were ever on the remote, by uid. */
  readonly published = new Map<string, number>()
  readonly problems: string[] = []
  #ids = 0

  constructor(layout: History['layout']) {
    this.world = new MemoryWorld(layout)
  }

  /** Starts the branch and three clones of it. */
  async start(): Promise<void> {
    const first = this.world.clone('first', START_MS)
    const edits = [put('mlv.json', '{}\n'), put('README.md', 'read me\n')]
    const operation = this.#operation(first, { kind: 'init', subject: 'mlv: start the branch' })
    for (const ref of this.world.refs) {
      const facts = { message: formatOperation(operation), author: signature(first), nowMs: first.nowMs }
      first.local.set(ref, await this.world.add(undefined, edits, facts))
    }
    await this.world.push(first)
    for (let index = 0; index < CLONES; index += 1)
      this.clones.push(this.world.clone(`clone ${index}`, START_MS + index))
  }

  async step({ clone: index, kind, pick }: Step): Promise<void> {
    const clone = present(this.clones[index], 'a clone')
    clone.nowMs += 1000
    const before = new Map(this.world.remote)
    switch (kind) {
      case 'clock':
        clone.nowMs += (pick - 500) * 86_400_000
        return
      case 'copy':
        this.#copy(clone, present(this.clones[pick % CLONES], 'a colleague'))
        return
      case 'push':
      case 'push killed':
        await this.world.push(clone, kind === 'push' ? undefined : (['fetched', 'sent'] as const)[pick % 2])
        break
      case 'pull':
      case 'pull killed':
        await this.world.pull(clone, kind === 'pull' ? undefined : 'fetched')
        break
      case 'run':
      case 'version':
      case 'promote':
      case 'rollback':
      case 'note':
      case 'retire':
      case 'model':
      case 'receipt':
        await this.#record(clone, kind, pick)
    }
    this.#watchRemote(before)
  }

  /** Lets every clone sync until nothing moves, as people do. */
  async settle(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      for (const clone of this.clones) {
        const before = new Map(this.world.remote)
        await this.world.pull(clone)
        await this.world.push(clone)
        this.#watchRemote(before)
      }
    }
  }

  /** Versions of a tip: number and uid. */
  versionsAt(records: Oid | undefined): readonly { readonly number: VersionNumber; readonly uid: string }[] {
    const names = this.world.names(records, 'models/churn/versions')
    return names.flatMap((name) => {
      const number = parseVersionNumber(name)
      const uid = fieldOf(this.world.text(records, `models/churn/versions/${name}/version.yaml`), 'uid')
      return number === undefined || uid === undefined ? [] : [{ number, uid }]
    })
  }

  #watchRemote(before: ReadonlyMap<string, Oid>): void {
    for (const [ref, oid] of this.world.remote) {
      const was = [...before].find(([name]) => name === ref)?.[1]
      if (was !== undefined && !this.world.isAncestor(was, oid)) this.problems.push(`${ref} went back on the remote`)
    }
    for (const { number, uid } of this.versionsAt(this.world.remote.get(this.world.settings.areas.records))) {
      const known = this.published.get(uid) ?? number
      if (known !== number) this.problems.push(`published v${known} became v${number}`)
      this.published.set(uid, known)
    }
  }

  #copy(clone: MemoryClone, colleague: MemoryClone): void {
    const isForward = this.world.refs.every((ref) => {
      const [ours, theirs] = [clone.local.get(ref), colleague.local.get(ref)]
      return ours !== undefined && theirs !== undefined && this.world.isAncestor(ours, theirs)
    })
    if (isForward) for (const [ref, oid] of colleague.local) clone.local.set(ref, oid)
  }

  async #record(clone: MemoryClone, kind: Step['kind'], pick: number): Promise<void> {
    const records = clone.local.get(this.world.settings.areas.records)
    const registry = clone.local.get(this.world.settings.areas.registry)
    const versions = this.versionsAt(records)
    const chosen = versions[pick % Math.max(1, versions.length)]
    const alias = ALIASES[pick % ALIASES.length] ?? ''
    const aliasPath = `models/churn/aliases/${alias}.yaml`
    if (kind === 'run' || kind === 'version') return this.#recordRun(clone, kind, versions)
    if (kind === 'note') return this.#note(clone, pick)
    if (kind === 'model') {
      const text = lines(
        `description: ${pick}`,
        'format: 1',
        'kind: model',
        'metrics: {}',
        'name: churn',
        'owners:',
        `  - "${pick % 5}"`,
      )
      return this.#commit(clone, { kind: 'note', subject: 'edit the model' }, [put('models/churn/model.yaml', text)])
    }
    if (chosen === undefined) return
    const version = { number: chosen.number, uid: versionUidOf(chosen.uid as Ulid) }
    const state = `models/churn/versions/${chosen.number}/state.yaml`
    const isRetired = this.world.text(records, state)?.includes('retired') === true
    if (kind === 'retire') {
      const named = ALIASES.some((name) =>
        this.world.text(registry, `models/churn/aliases/${name}.yaml`)?.includes(chosen.uid),
      )
      if (named || isRetired) return
      const at = `  at: "${instantOf(clone.nowMs)}"`
      const text = lines(
        'format: 1',
        'kind: state',
        'retired:',
        at,
        '  by: ada',
        '  reason: bad',
        'runs: []',
        'tags: []',
      )
      return this.#commit(clone, { kind: 'retire', subject: `churn: retire v${chosen.number}`, version }, [
        put(state, text),
      ])
    }
    if (kind === 'receipt') {
      const id = this.#id(clone)
      const path = `models/churn/versions/${chosen.number}/receipts/${id}.yaml`
      const text = `format: 1\nid: ${id}\nkind: receipt\nuid: ${chosen.uid}\nversion: ${chosen.number}\n`
      return this.#commit(clone, { kind: 'note', subject: 'repeat', version }, [put(path, text)])
    }
    const current = this.world.text(registry, aliasPath)
    if (isRetired || current?.includes(`uid: ${chosen.uid}`) === true) return
    const previous =
      current === undefined
        ? ''
        : `previous: ${fieldOf(current, 'version') ?? ''}\npreviousUid: ${fieldOf(current, 'uid') ?? ''}\n`
    const head = lines(`at: "${instantOf(clone.nowMs)}"`, 'by: ada', 'format: 1', 'kind: alias', 'metrics: {}')
    const text = `${head}${previous}${lines(`uid: ${chosen.uid}`, `version: ${chosen.number}`)}`
    const subject = `churn: promote v${chosen.number} to ${alias}`
    await this.#commit(clone, { kind: kind === 'rollback' ? 'rollback' : 'promote', subject, version }, [
      put(aliasPath, text),
    ])
  }

  async #recordRun(
    clone: MemoryClone,
    kind: 'run' | 'version',
    versions: readonly { readonly number: VersionNumber }[],
  ): Promise<void> {
    const id = runIdOf(this.#id(clone))
    const text = `format: 1\nid: ${id}\nkind: run\nstatus: finished\n`
    const edits = [put(`${runFolder(id)}/run.yaml`, text), put(`${runFolder(id)}/files/w.txt`, `weights of ${id}\n`)]
    this.runs.set(id, text)
    if (kind === 'run') return this.#commit(clone, { kind: 'commit', subject: 'churn: a run', runs: [id] }, edits)
    const uid = versionUidOf(this.#id(clone))
    const number = present(
      parseVersionNumber(String(versions.reduce((highest, version) => Math.max(highest, version.number), 0) + 1)),
      'a number',
    )
    const folder = `models/churn/versions/${number}`
    const manifest = `format: 1\nkind: version\nmodel: churn\nnumber: ${number}\nrun: ${id}\nuid: ${uid}\n`
    this.versions.add(uid)
    const operation = {
      kind: 'commit' as const,
      subject: `churn v${number}: a run`,
      runs: [id],
      model: MODEL,
      version: { number, uid },
    }
    await this.#commit(clone, operation, [
      ...edits,
      put(`${folder}/version.yaml`, manifest),
      { kind: 'copy', from: rootPath(`${runFolder(id)}/files`), to: rootPath(`${folder}/files`) },
    ])
  }

  async #note(clone: MemoryClone, pick: number): Promise<void> {
    const records = clone.local.get(this.world.settings.areas.records)
    const here = [...this.runs.keys()].filter(
      (id) => this.world.text(records, `${runFolder(runIdOf(id as Ulid))}/run.yaml`) !== undefined,
    )
    const id = here[pick % Math.max(1, here.length)]
    if (id === undefined) return
    const path = `${runFolder(runIdOf(id as Ulid))}/notes.yaml`
    const tags = new Set([...(this.world.text(records, path)?.match(/(?<=- ")[^"]+/g) ?? []), `tag${pick % 7}`])
    const text = `archived: false\nformat: 1\nkind: notes\nnote: "${pick}"\ntags:\n${[...tags]
      .sort()
      .map((tag) => `  - "${tag}"\n`)
      .join('')}`
    await this.#commit(clone, { kind: 'note', subject: 'note' }, [put(path, text)])
  }

  async #commit(clone: MemoryClone, facts: Omit<Operation, 'id'>, edits: readonly TreeEdit[]): Promise<void> {
    const message = formatOperation(this.#operation(clone, facts))
    const { areas } = this.world.settings
    for (const ref of this.world.refs) {
      const own = edits.filter((edit) => areas[areaOf(edit.kind === 'copy' ? edit.to : edit.path)] === ref)
      if (own.length === 0) continue
      const tip = clone.local.get(ref)
      clone.local.set(ref, await this.world.add(tip, own, { message, author: signature(clone), nowMs: clone.nowMs }))
    }
  }

  #operation(clone: MemoryClone, facts: Omit<Operation, 'id'>): Operation {
    const model = facts.version === undefined ? {} : { model: MODEL }
    return { ...model, ...facts, id: operationIdOf(this.#id(clone)) }
  }

  /** New each time, in the order of this clone's clock. */
  #id(clone: MemoryClone): Ulid {
    this.#ids += 1
    const random = Uint8Array.of(this.#ids * 37, this.#ids * 101, 0, 0, 0, 0, 0, 0, this.#ids >> 8, this.#ids)
    return ulidFrom(clone.nowMs, random)
  }
}

/** Plays a history to its end, and lists what does not hold. */
export async function play(
  history: History,
): Promise<{ readonly played: Played; readonly problems: readonly string[] }> {
  const played = new Played(history.layout)
  await played.start()
  for (const step of history.steps) await played.step(step)
  await played.settle()
  const broken = [...divergence(played), ...losses(played), ...wrongLabels(played), ...(await unrest(played))]
  return { played, problems: [...played.problems, ...broken] }
}

/** Convergent: every clone ends where the remote is. */
function divergence({ world, clones }: Played): readonly string[] {
  return clones.flatMap(({ name, local }) =>
    [...world.remote].flatMap(([ref, oid]) => (local.get(ref) === oid ? [] : [`${name} ends apart at ${ref}`])),
  )
}

/** Nothing that was acknowledged is gone or there twice, and history is one line. */
function losses(played: Played): readonly string[] {
  const { world, runs, versions: known } = played
  const records = world.remote.get(world.settings.areas.records)
  const found = played.versionsAt(records).map(({ uid }) => uid)
  const gone = [...runs].filter(
    ([id, text]) => world.text(records, `${runFolder(runIdOf(id as Ulid))}/run.yaml`) !== text,
  )
  const ids = world.history(records).flatMap(({ message }) => parseOperation(message)?.id ?? [])
  return [
    ...gone.map(([id]) => `run ${id} is gone`),
    ...[...known].filter((uid) => !found.includes(uid)).map((uid) => `version ${uid} is gone`),
    ...(new Set(found).size === found.length ? [] : ['a version is there twice']),
    ...(new Set(ids).size === ids.length ? [] : ['an operation is there twice']),
    ...world.history(records).flatMap(({ oid, parents }) => (parents.length > 1 ? [`${oid} is a merge`] : [])),
  ]
}

/** Labels agree wherever they stand, and no alias names what must not be used. */
function wrongLabels(played: Played): readonly string[] {
  const { world } = played
  const records = world.remote.get(world.settings.areas.records)
  const registry = world.remote.get(world.settings.areas.registry)
  const numbers = new Map(played.versionsAt(records).map(({ number, uid }) => [uid, String(number)]))
  const problems: string[] = []
  for (const [uid, number] of numbers) {
    const folder = `models/churn/versions/${number}`
    if (fieldOf(world.text(records, `${folder}/version.yaml`), 'number') !== number)
      problems.push(`v${number} says another number`)
    for (const name of world.names(records, `${folder}/receipts`)) {
      const receipt = world.text(records, `${folder}/receipts/${name}`)
      if (fieldOf(receipt, 'uid') !== uid || fieldOf(receipt, 'version') !== number)
        problems.push(`receipt ${name} is astray`)
    }
  }
  for (const name of world.names(registry, 'models/churn/aliases')) {
    const alias = world.text(registry, `models/churn/aliases/${name}`)
    for (const keys of [
      ['version', 'uid'],
      ['previous', 'previousUid'],
    ] as const) {
      const uid = fieldOf(alias, keys[1])
      if (uid !== undefined && numbers.get(uid) !== fieldOf(alias, keys[0]))
        problems.push(`${name} names another ${keys[0]}`)
    }
    const state = world.text(records, `models/churn/versions/${fieldOf(alias, 'version') ?? ''}/state.yaml`)
    // On two refs a promotion and a retirement can cross; on one, whichever comes second does not happen.
    if (state?.includes('retired') === true && world.refs.length === 1) problems.push(`${name} names a retired version`)
  }
  for (const { message } of world.history(records)) {
    const version = parseOperation(message)?.version
    if (version !== undefined && numbers.get(version.uid) !== String(version.number))
      problems.push('a trailer names another number')
  }
  return problems
}

/** Idempotent: once all agree, syncing again moves nothing. */
async function unrest(played: Played): Promise<readonly string[]> {
  const before = [...played.world.remote.values()].join()
  await played.settle()
  return [...played.world.remote.values()].join() === before ? [] : ['syncing again moved a ref']
}

function fieldOf(text: string | undefined, key: string): string | undefined {
  return new RegExp(`^${key}: "?([^"\\n]+)"?$`, 'm').exec(text ?? '')?.[1]
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}

function put(path: string, text: string): TreeEdit {
  return { kind: 'put', path: rootPath(path), bytes: Buffer.from(text, 'utf8') }
}

function signature(clone: MemoryClone): { name: string; email: string; zone: string; atSeconds: number } {
  return { ...ADA, atSeconds: Math.max(0, Math.floor(clone.nowMs / 1000)) }
}
