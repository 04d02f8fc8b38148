/**
 * `mlv fsck`: reads every record, follows every reference, hashes every artifact, and mends what another copy can mend.
 *
 * Each problem is told with the object it concerns; one damaged record never hides the next.
 */
import { sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import type { ArtifactFile, StoredBytes } from '../../domain/artifact.ts'
import { Failure } from '../../domain/failure.ts'
import type { ModelVersion } from '../../domain/model-version.ts'
import type { ModelName } from '../../domain/name.ts'
import type { SealedRun } from '../../domain/run.ts'
import { packPath, runFolder, treePath, versionFolder } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { parsePointer } from '../../store/artifacts/pointer.ts'
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts'
import {
  listModelNames,
  listVersionNumbers,
  readAliases,
  readModel,
  readReceipts,
  readState,
  readVersion,
} from '../../store/branch/read-models.ts'
import { findRunIds, readFileList, readNotes, readRun, readSeriesOf } from '../../store/branch/read-runs.ts'
import { openSnapshot, readPath } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { contentDigestWith } from '../artifacts/check-content.ts'
import { bringingOnce } from '../artifacts/bring-artifacts.ts'
import type { BringOnce } from '../artifacts/bring-artifacts.ts'
import { membersByPack, openPackCheck } from '../artifacts/check-pack.ts'
import type { PackCheck, PackMembers } from '../artifacts/check-pack.ts'
import { healObject, healPack } from '../artifacts/heal-object.ts'
import { sharedRecords } from '../repository/share-state.ts'
import type { Repository } from '../repository/repository.ts'

/** One thing that is wrong. */
export interface IntegrityProblem {
  /** What it is: `run`, `version`, `alias`, `artifact`, ... */
  readonly what: string
  readonly id: string
  readonly problem: string
  /** True when another copy replaced the damaged one. */
  readonly repaired: boolean
}

/** What was looked at, and what is wrong. */
export interface IntegrityReport {
  readonly checked: {
    readonly runs: number
    readonly versions: number
    readonly aliases: number
    /** Artifacts of the store, each hashed once. */
    readonly objects: number
    readonly bytes: number
  }
  readonly problems: readonly IntegrityProblem[]
  /** Artifacts that are not in this clone and, by what it knows of its remote, are shared. */
  readonly absent: readonly { readonly sha256: Sha256; readonly sizeBytes: number }[]
}

/** How far to go, and how to tell progress: artifacts hashed so far. */
export interface IntegrityOptions {
  /** Fetches what is not in this clone too; what no store has is then a problem. */
  readonly full?: boolean
  readonly onProgress?: (checked: { readonly objects: number; readonly bytes: number }) => void
}

/** Checks the whole branch and the artifact store. @throws `branch-not-found` */
export async function checkIntegrity(repository: Repository, options: IntegrityOptions): Promise<IntegrityReport> {
  const snapshot = await openSnapshot(repository.context.engine)
  const bring = bringingOnce(repository, snapshot.settings)
  const check = new IntegrityCheck(repository, snapshot, { ...options, bring })
  try {
    for (const id of await findRunIds(snapshot, '')) {
      await check.guard('run', id, async () => {
        const run = await readRun(snapshot, id)
        if (run !== undefined) await check.run(run)
      })
    }
    for (const model of await listModelNames(snapshot)) await check.model(model)
    return check.report()
  } finally {
    await bring.close()
  }
}

/** Finds another copy of an object on this machine; tells where it was. */
type Heal = () => Promise<string | undefined>

const NOT_ON_BRANCH = 'it is listed but not on the branch'

/** Lives as long as one check: counts, problems, and which artifacts were hashed already. */
class IntegrityCheck {
  readonly #repository: Repository
  readonly #isShared: (folder: TreePath) => Promise<boolean>
  readonly #snapshot: BranchSnapshot
  readonly #options: IntegrityOptions & { readonly bring: BringOnce }
  readonly #store: ArtifactStore
  readonly #checkPack: PackCheck
  readonly #problems: IntegrityProblem[] = []
  readonly #absent: { readonly sha256: Sha256; readonly sizeBytes: number }[] = []
  readonly #hashed = new Map<string, string | undefined>()
  readonly #counts = { runs: 0, versions: 0, aliases: 0, objects: 0, bytes: 0 }

  constructor(
    repository: Repository,
    snapshot: BranchSnapshot,
    options: IntegrityOptions & { readonly bring: BringOnce },
  ) {
    this.#repository = repository
    this.#isShared = sharedRecords(repository)
    this.#snapshot = snapshot
    this.#options = options
    this.#store = repository.artifacts(snapshot.settings.store)
    this.#checkPack = openPackCheck(this.#store)
  }

  report(): IntegrityReport {
    return { checked: { ...this.#counts }, problems: this.#problems, absent: this.#absent }
  }

  /** Runs one check and turns what it refuses into a problem. A bug still stops everything. */
  async guard(what: string, id: string, action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
      this.#tell(what, id, caught.message)
    }
  }

  async run(run: SealedRun): Promise<void> {
    this.#counts.runs += 1
    const folder = runFolder(run.id)
    await readNotes(this.#snapshot, run.id)
    await readSeriesOf(this.#snapshot, run.id)
    const environment = await readPath(
      this.#snapshot.engine,
      this.#snapshot.tips.records,
      treePath(folder, 'environment.yaml'),
    )
    if (environment === undefined || sha256Of(environment) !== run.environment) {
      this.#tell('run', run.id, 'its environment is not the one it names')
    }
    await this.#files('run', run.id, folder)
  }

  async model(name: ModelName): Promise<void> {
    await this.guard('model', name, async () => {
      await readModel(this.#snapshot, name)
      for (const number of await listVersionNumbers(this.#snapshot, name)) {
        await this.guard('version', `${name}@v${number}`, async () => {
          const version = await readVersion(this.#snapshot, name, number)
          if (version !== undefined) await this.#version(version)
          else this.#tell('version', `${name}@v${number}`, 'its version.yaml is missing')
        })
      }
      await this.#aliases(name)
    })
  }

  async #version(version: ModelVersion): Promise<void> {
    this.#counts.versions += 1
    const id = `${version.model}@v${version.number}`
    await readState(this.#snapshot, version.model, version.number)
    await readReceipts(this.#snapshot, version.model, version.number)
    if ((await readRun(this.#snapshot, version.run)) === undefined)
      this.#tell('version', id, `its run ${version.run} is missing`)
    const files = await this.#files('version', id, versionFolder(version.model, version.number))
    if (contentDigestWith(version, files) !== version.contentDigest) {
      this.#tell('version', id, 'its content digest does not match what it records')
    }
  }

  async #aliases(model: ModelName): Promise<void> {
    for (const alias of await readAliases(this.#snapshot, model)) {
      this.#counts.aliases += 1
      const version = await readVersion(this.#snapshot, model, alias.version.number)
      const id = `${model}@${alias.name}`
      if (version === undefined) this.#tell('alias', id, `it names v${alias.version.number}, which does not exist`)
      else if (version.uid !== alias.version.uid)
        this.#tell('alias', id, `v${version.number} is another version than it names`)
    }
  }

  async #files(what: string, id: string, folder: TreePath): Promise<readonly ArtifactFile[]> {
    const files = await readFileList(this.#snapshot, folder)
    for (const file of files.filter(({ storage }) => storage.kind !== 'packed')) {
      const problem = await this.#file(file, folder)
      if (problem !== undefined) this.#tell(what, id, `${file.path}: ${problem}`)
    }
    for (const each of membersByPack(files)) {
      const problem = await this.#pack(each, folder)
      if (problem !== undefined) this.#tell(what, id, problem)
    }
    return files
  }

  /** What is wrong with a pack or with files in it, if anything. */
  async #pack({ pack, members }: PackMembers, folder: TreePath): Promise<string | undefined> {
    const named = `pack ${pack.sha256.slice(0, 12)} of ${members.length} files`
    const pointer = await this.#pointer(packPath(folder, pack.sha256), pack)
    if (pointer !== undefined) return `${named}: ${pointer}`
    const heal = () => healPack(this.#repository, this.#store, pack, members)
    const problem = await this.#object(pack, folder, heal)
    if (problem !== undefined) return `${named}: ${problem}`
    if (!(await this.#store.has(pack.sha256))) return undefined
    const wrong = await this.#checkPack(pack, members)
    const more = wrong.length > 1 ? ` and ${wrong.length - 1} more` : ''
    return wrong.length === 0 ? undefined : `${wrong[0]}${more}: its bytes in the pack are not the ones recorded`
  }

  /** What is wrong with one file, if anything. */
  async #file(file: ArtifactFile, folder: TreePath): Promise<string | undefined> {
    const path = treePath(folder, `files/${file.path}`)
    if (file.storage.kind === 'inline') {
      const bytes = await readPath(this.#snapshot.engine, this.#snapshot.tips.records, path)
      if (bytes === undefined) return NOT_ON_BRANCH
      return sha256Of(bytes) === file.sha256 ? undefined : 'its bytes on the branch are not the ones recorded'
    }
    const heal = () => healObject(this.#repository, this.#store, file)
    return (await this.#pointer(path, file)) ?? this.#object(file, folder, heal)
  }

  async #pointer(path: TreePath, object: StoredBytes): Promise<string | undefined> {
    const bytes = await readPath(this.#snapshot.engine, this.#snapshot.tips.records, path)
    if (bytes === undefined) return NOT_ON_BRANCH
    const pointer = parsePointer(bytes)
    const isRight = pointer?.sha256 === object.sha256 && pointer.sizeBytes === object.sizeBytes
    return isRight ? undefined : 'its pointer names other bytes'
  }

  async #object(file: StoredBytes, folder: TreePath, heal: Heal): Promise<string | undefined> {
    const known = this.#hashed.has(file.sha256)
    if (known) return this.#hashed.get(file.sha256)
    const absent = this.#absent.length
    const problem = await this.#verifyObject(file, folder, heal)
    this.#hashed.set(file.sha256, problem)
    if (this.#absent.length > absent) return problem
    this.#counts.objects += 1
    this.#counts.bytes += file.sizeBytes
    this.#options.onProgress?.(this.#counts)
    return problem
  }

  async #verifyObject(file: StoredBytes, folder: TreePath, heal: Heal): Promise<string | undefined> {
    const state = await this.#store.verify(file.sha256, file.sizeBytes, { rehash: true })
    if (state === 'ok') return undefined
    const healed = await heal()
    if (healed !== undefined) return this.#repaired(file, state, healed)
    const isShared = await this.#isShared(folder)
    if (state === 'missing' && isShared && this.#options.full !== true) {
      this.#absent.push({ sha256: file.sha256, sizeBytes: file.sizeBytes })
      return undefined
    }
    const reason = isShared ? await this.#bring(file) : ''
    if (reason !== undefined) return `its bytes are ${state} in the artifact store of this clone${reason}`
    return state === 'damaged' ? this.#repaired(file, state, 'the store') : undefined
  }

  /** Fetches an object from where it is shared; when that fails, says why. */
  async #bring({ sha256, sizeBytes }: StoredBytes): Promise<string | undefined> {
    try {
      const { moved } = await this.#options.bring.objects([{ sha256, sizeBytes }])
      return moved.length > 0 ? undefined : ', and no store has them'
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
      return `, and no store gave them: ${caught.message}`
    }
  }

  #repaired({ sha256 }: StoredBytes, state: string, from: string): undefined {
    const problem = `it was ${state} and is restored from ${from}`
    this.#problems.push({ what: 'artifact', id: sha256, problem, repaired: true })
  }

  #tell(what: string, id: string, problem: string): void {
    this.#problems.push({ what, id, problem, repaired: false })
  }
}
