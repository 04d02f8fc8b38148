/**
 * `mlv unbundle`: takes in what a bundle holds, as `mlv pull` takes in what a remote has. All of the file is verified
 * before anything is written; artifacts come before the records that name them, and refs move last, all or none. What a
 * kill left is gone on with when the command is repeated.
 */
import { basename, join, resolve } from 'node:path'
import { isFailure, refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { openBundleStore } from '../../remote/bundle/bundle-store.ts'
import { HISTORY_NAME } from '../../remote/bundle/bundle-layout.ts'
import { historyRefs } from '../../remote/bundle/history-bundle.ts'
import { surveyBundle } from '../../remote/bundle/read-bundle.ts'
import type { SurveyedBundle } from '../../remote/bundle/read-bundle.ts'
import { fetchRefs, listRemotes, trackingRef } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { readFileRange } from '../../remote/read-file-range.ts'
import { storeTransfer } from '../../remote/store-transfer.ts'
import { temporaryFolder } from '../../store/artifacts/object-layout.ts'
import { removeTree } from '../../store/artifacts/remove-tree.ts'
import { SNAPSHOT_PREFIX } from '../../store/artifacts/temporary-file.ts'
import { readSettings, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { CODE_REF, refuseCheckedOut } from '../../store/branch/transaction.ts'
import { moveOntoChains } from '../../store/git/commit-chain.ts'
import { gitFailure, runGit } from '../../store/git/git-command.ts'
import { withWriterLock } from '../../store/git/writer-lock.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { steadyWriter } from '../../store/artifacts/steady-writer.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import { BUNDLES, rememberBundledRecords, takeBundledCode } from './bundle-code.ts'
import { integrateRemote } from './integrate-remote.ts'
import type { Integration } from './integrate-remote.ts'
import { requireGit } from '../repository/repository.ts'
import type { OpenOptions, Repository } from '../repository/repository.ts'
import { moveOf, readRemoteAreas } from '../repository/share-state.ts'
import type { AreaMove, ArtifactTotals, ShareProgress } from '../repository/share-state.ts'
import { withRepositoryAt } from '../repository/repository-at.ts'

/** Where a bundle is taken in, and who watches. */
export interface UnbundleOptions {
  /** Relative to the folder of the options; that folder itself when absent. */
  readonly into?: string
  readonly onProgress?: (progress: ShareProgress) => void
}

/** What was taken in. */
export interface UnbundleReport extends Integration {
  /** Absolute. */
  readonly file: string
  /** The worktree, or a bare repository. */
  readonly folder: string
  /** Whether a repository was made there. */
  readonly isNew: boolean
  /** What the bundle had that this repository had not. */
  readonly fetched: readonly AreaMove[]
  readonly artifacts: Pick<ArtifactTotals, 'moved' | 'movedBytes' | 'present'>
}

const NAME_BYTES = 6
/** Characters of the file's name that go into names of refs, which are files with a few more behind. */
const LONGEST_NAME = 100
/** The branches of mlv itself: a bundle moves no other. */
const OWN_BRANCH = /^refs\/heads\/mlv(?:-[a-z0-9-]+)?$/

/**
 * Takes a bundle in.
 *
 * @throws `bundle-invalid`, `bundle-incomplete`, `file-not-found`, `repository-not-found` in a folder of other things,
 * `settings-differ`, `branch-checked-out`, the disk's refusals
 */
export async function unbundleBranch(
  options: OpenOptions,
  file: string,
  { into, onProgress }: UnbundleOptions,
): Promise<UnbundleReport> {
  const path = resolve(options.folder, file)
  const survey = await surveyBundle(options.files ?? nodeFiles, path, (done, total) => {
    onProgress?.({ kind: 'git', progress: surveyProgress(done, total) })
  })
  refuseForeignRefs(path, survey)
  const refuseNew = (): void => {
    const { prerequisites } = survey.manifest
    if (prerequisites.length > 0) throw refuse('bundle-incomplete', { file: path, missing: prerequisites })
  }
  return withRepositoryAt(options, into, refuseNew, (repository, isNew) => {
    return new Taking(anonymous(repository), { path, survey, onProgress: onProgress ?? ignore }).run(isNew)
  })
}

interface OpenBundle {
  readonly path: string
  readonly survey: SurveyedBundle
  readonly onProgress: (progress: ShareProgress) => void
}

/** Lives as long as one bundle is taken into one repository. */
class Taking {
  readonly #repository: Repository
  readonly #bundle: OpenBundle

  constructor(repository: Repository, bundle: OpenBundle) {
    this.#repository = repository
    this.#bundle = bundle
  }

  async run(isNew: boolean): Promise<UnbundleReport> {
    const { path } = this.#bundle
    const remote = await this.#remote()
    await this.#refuseMissing()
    await this.#forget(remote)
    try {
      const before = await this.#tips()
      await this.#fetch(remote)
      const settings = await this.#settings(remote)
      const artifacts = await this.#artifacts(settings)
      const integration = await integrateRemote(this.#repository, remote)
      await this.#start(remote)
      await this.#code(remote)
      const records = this.#bundle.survey.manifest.refs.get(settings.areas.records)
      if (records !== undefined) await rememberBundledRecords(this.#repository, remote, records)
      const { place } = this.#repository
      const folder = place.worktree ?? place.gitDir
      return { file: path, folder, isNew, fetched: await this.#moves(remote, before), artifacts, ...integration }
    } finally {
      await this.#forget(remote)
    }
  }

  /** The bundle as a remote that git's configuration does not know. */
  async #remote(): Promise<GitRemote> {
    const { place, variables } = this.#repository
    const git = requireGit(this.#repository, 'take a bundle in')
    // What stays of all bundles is kept under a name of its own.
    const known = [...(await listRemotes(git, place)), BUNDLES]
    const stem = basename(this.#bundle.path)
      .replace(/\.[^.]*$/, '')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .slice(0, LONGEST_NAME)
      .replace(/^-+|-+$/g, '')
    let name = stem === '' ? 'bundle' : stem
    while (known.includes(name)) name = `bundle-${name}`
    const onProgress: GitRemote['onProgress'] = (progress) => this.#bundle.onProgress({ kind: 'git', progress })
    return { git, place, variables, name, onProgress }
  }

  async #refuseMissing(): Promise<void> {
    const { engine } = this.#repository.context
    const missing: Oid[] = []
    for (const oid of this.#bundle.survey.manifest.prerequisites) {
      if ((await engine.resolveCommit(`${oid}^{commit}`)) === undefined) missing.push(oid)
    }
    if (missing.length > 0) throw refuse('bundle-incomplete', { file: this.#bundle.path, missing })
  }

  /** Where this repository's refs stood before. */
  async #tips(): Promise<ReadonlyMap<RefName, Oid | undefined>> {
    const { engine } = this.#repository.context
    const refs = [...this.#bundle.survey.manifest.refs.keys()].filter((ref) => ref !== CODE_REF)
    return new Map(await Promise.all(refs.map(async (ref) => [ref, await engine.readRef(ref)] as const)))
  }

  /** Brings the history here; the refs of the bundle stand as those of a remote. */
  async #fetch(remote: GitRemote): Promise<void> {
    const { files, entropy, commonDir } = this.#repository
    const name = `${SNAPSHOT_PREFIX}bundle-${Buffer.from(entropy.randomBytes(NAME_BYTES)).toString('hex')}`
    const folder = join(temporaryFolder(commonDir), name)
    try {
      await files.makeFolder(folder)
      await this.#fetchFrom(remote, join(folder, HISTORY_NAME))
    } finally {
      await removeTree(files, folder)
    }
  }

  async #fetchFrom(remote: GitRemote, path: string): Promise<void> {
    const { manifest, history } = this.#bundle.survey
    const brought = history === undefined ? new Map<string, Oid | undefined>() : await this.#unpack(remote, path)
    for (const [ref, oid] of manifest.refs) {
      // A ref that has not moved since is only named: its commit is one that had to be here.
      const isHere = brought.get(ref) === oid || (!brought.has(ref) && manifest.prerequisites.includes(oid))
      if (!isHere) throw refuse('bundle-invalid', { file: this.#bundle.path, problem: `its history lacks ${ref}` })
    }
    const refspecs = [...manifest.refs.keys()].flatMap((ref) => (brought.has(ref) ? [specOf(remote, ref)] : []))
    if (refspecs.length > 0) await fetchRefs({ ...remote, name: path }, refspecs)
    for (const [ref, oid] of manifest.refs) {
      if (!brought.has(ref) && ref !== CODE_REF) await this.#update(remote, [trackingRef(remote.name, ref), oid])
    }
  }

  /** Puts the git bundle into a file of its own, because git reads it only from there. */
  async #unpack(remote: GitRemote, path: string): Promise<ReadonlyMap<string, Oid | undefined>> {
    const { files } = this.#repository
    const { history } = this.#bundle.survey
    if (history === undefined) return new Map()
    const file = await files.open(path, 'create')
    const writer = steadyWriter(file, false)
    try {
      for await (const chunk of readFileRange(files, this.#bundle.path, history)) await writer.write(chunk)
      await writer.finish()
    } finally {
      await writer.settle()
      await file.close()
    }
    return historyRefs(remote.git, path, this.#bundle.path)
  }

  /** The settings in the bundle. They name no ref but those it brought. */
  async #settings(remote: GitRemote): Promise<BranchSettings> {
    const { engine } = this.#repository.context
    const tip = await engine.readRef(trackingRef(remote.name, REGISTRY_REF))
    if (tip === undefined) {
      throw refuse('bundle-invalid', { file: this.#bundle.path, problem: `it does not have ${REGISTRY_REF}` })
    }
    const settings = await readSettings(engine, tip)
    for (const ref of Object.values(settings.areas)) {
      if (!this.#bundle.survey.manifest.refs.has(ref)) {
        throw refuse('bundle-invalid', { file: this.#bundle.path, problem: `it does not have ${ref}` })
      }
    }
    return settings
  }

  async #artifacts({ store: kind }: BranchSettings): Promise<UnbundleReport['artifacts']> {
    const { clock, entropy, files } = this.#repository
    const { path, survey } = this.#bundle
    const local = this.#repository.artifacts(kind)
    const store = openBundleStore(files, path, survey)
    const retry = { clock, entropy, wait: () => Promise.resolve() }
    const transfer = storeTransfer(kind, local, [store], retry)
    const objects = [...survey.objects].map(([sha256, { start, end }]) => ({ sha256, sizeBytes: end - start }))
    const onArtifacts = this.#bundle.onProgress
    const { moved, present } = await transfer.download(objects, (progress) => {
      onArtifacts({ kind: 'artifacts', progress })
    })
    const movedBytes = moved.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    return { moved: moved.length, movedBytes, present: present.length }
  }

  /** A repository without the branch gets it as it is in the bundle. */
  async #start(remote: GitRemote): Promise<void> {
    const { context } = this.#repository
    await withWriterLock(context.place, context.files, context.lock, async () => {
      const areas = await readRemoteAreas(this.#repository, remote.name)
      const chains = areas.flatMap(({ ref, local, remote: base }) => {
        return local !== undefined || base === undefined ? [] : [{ ref, expected: undefined, base, commits: [] }]
      })
      if (chains.length === 0) return
      for (const { ref } of chains) await refuseCheckedOut(context, ref)
      await moveOntoChains(
        { git: remote.git, ...context },
        chains,
        await context.signatures(),
        `unbundle ${remote.name}`,
      )
    })
  }

  async #code(remote: GitRemote): Promise<void> {
    const code = this.#bundle.survey.manifest.refs.get(CODE_REF)
    if (code !== undefined) await takeBundledCode(this.#repository, remote, code)
  }

  async #moves(remote: GitRemote, before: ReadonlyMap<RefName, Oid | undefined>): Promise<readonly AreaMove[]> {
    const { engine } = this.#repository.context
    const moves: AreaMove[] = []
    for (const [ref, from] of before) {
      const to = this.#bundle.survey.manifest.refs.get(ref)
      if (to === undefined || to === from) continue
      if (from === undefined || !(await engine.isAncestor(to, from))) moves.push(await moveOf(remote, ref, from, to))
    }
    return moves.filter(({ operations }) => operations > 0)
  }

  /** The refs of the bundle are only needed while it is taken in, and a killed command may have left some. */
  async #forget(remote: GitRemote): Promise<void> {
    const { engine } = this.#repository.context
    const left = [
      ...(await engine.listRefs(`refs/remotes/${remote.name}/`)),
      ...(await engine.listRefs(`refs/mlv/remotes/${remote.name}/`)),
    ]
    for (const { ref } of left) await this.#update(remote, ['-d', ref])
  }

  async #update({ git, place }: GitRemote, args: readonly string[]): Promise<void> {
    const result = await runGit(git, [`--git-dir=${place.commonDir}`, 'update-ref', ...args])
    if (result.exitCode !== 0) throw gitFailure('update-ref', result, place.gitDir)
  }
}

/** Refuses refs that are no branch of mlv's: what a bundle says is another's word. @throws `bundle-invalid` */
function refuseForeignRefs(file: string, { manifest }: SurveyedBundle): void {
  for (const ref of manifest.refs.keys()) {
    if (ref === CODE_REF || OWN_BRANCH.test(ref)) continue
    throw refuse('bundle-invalid', { file, problem: `${ref} is no branch of mlv` })
  }
}

/** Code is fetched beside that of other bundles until it is joined to it. */
function specOf(remote: GitRemote, ref: RefName): string {
  const tracking =
    ref === CODE_REF ? parseRefName(`refs/mlv/remotes/${remote.name}/code`) : trackingRef(remote.name, ref)
  return `${ref}:${tracking}`
}

/** A machine that only takes bundles in needs nobody's name: no commit of its own is made there. */
function anonymous(repository: Repository): Repository {
  const { context, clock } = repository
  const signatures = async () => {
    try {
      return await context.signatures()
    } catch (caught) {
      if (!isFailure(caught, 'identity-missing')) throw caught
      const nobody = { name: 'mlv', email: 'mlv@localhost', zone: '+0000', atSeconds: Math.floor(clock.nowMs() / 1000) }
      return { author: nobody, committer: nobody }
    }
  }
  return { ...repository, context: { ...context, signatures } }
}

function surveyProgress(doneBytes: number, totalBytes: number) {
  const done = totalBytes === 0 ? 100 : Math.floor((doneBytes * 100) / totalBytes)
  return { phase: 'Verifying the bundle', done, total: 100, bytes: doneBytes, bytesPerSecond: undefined }
}

function ignore(): void {
  // Nobody watches.
}
