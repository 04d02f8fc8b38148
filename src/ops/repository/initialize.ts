/**
 * `mlv init`: starts the branch and puts a commented `mlv.yaml` into the worktree.
 */
import { newUlid } from '../../base/ulid.ts'
import { BRANCH_FORMAT } from '../../domain/branch.ts'
import type { BranchSettings, Layout, StoreKind } from '../../domain/branch.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { OperationId } from '../../domain/operation.ts'
import type { StoreAddress } from '../../domain/store-address.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import { rootPath, SETTINGS_PATH } from '../../domain/tree-path.ts'
import { makeFolderStore } from '../../remote/folder-store.ts'
import { trustHost } from '../../remote/trusted-hosts.ts'
import { approvalEdits } from '../../store/branch/approval-files.ts'
import { BRANCH_README } from '../../store/branch/branch-readme.ts'
import { REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { startBranch } from '../../store/branch/transaction.ts'
import { encodeSettings } from '../../store/documents/settings-manifest.ts'
import { writeFileDurably } from '../../store/files/safe-write.ts'
import type { TreeEdit } from '../../store/git/engine.ts'
import { configTemplate } from '../../store/inputs/config-file.ts'
import { NAMED_BY_BRANCH } from './artifact-store-access.ts'
import type { Repository } from './repository.ts'

/** What a team decides once. */
export interface InitializeOptions {
  readonly layout: Layout
  readonly store: StoreKind
  /** Where it is; needed for `dir` and `s3`. */
  readonly stores?: readonly StoreAddress[]
  readonly mirrors?: readonly StoreAddress[]
  /** Whether a bucket or folder keeps files as differences and chunks where that is smaller. */
  readonly isCompact?: boolean
  /** Who must approve promotions; absent when nobody is asked. */
  readonly owners?: readonly string[]
}

/** What was set up. */
export interface InitializeReport {
  readonly settings: BranchSettings
  readonly commit: Oid
  readonly operation: OperationId
  /** Absent in a bare repository. */
  readonly configFile: { readonly path: string; readonly created: boolean } | undefined
}

/** Whole files are taken as they are: without it, line-ending settings would rewrite pointers. */
const ATTRIBUTES = '* -text\n'

/**
 * Sets mlv up in a repository.
 *
 * @throws `already-initialized`, `identity-missing`, `branch-checked-out`
 */
export async function initialize(repository: Repository, options: InitializeOptions): Promise<InitializeReport> {
  const settings = settingsOf(options)
  await prepareStores(repository, settings)
  const operation = {
    id: operationIdOf(newUlid(repository.clock, repository.entropy)),
    kind: 'init' as const,
    subject: 'mlv: start the branch',
  }
  const everywhere: readonly TreeEdit[] = [
    { kind: 'put', path: SETTINGS_PATH, bytes: encodeSettings(settings) },
    { kind: 'put', path: rootPath('.gitattributes'), bytes: Buffer.from(ATTRIBUTES) },
    { kind: 'put', path: rootPath('README.md'), bytes: Buffer.from(BRANCH_README) },
  ]
  const edits = options.owners === undefined ? [] : approvalEdits(options.owners)
  const commit = await startBranch(repository.context, settings, { operation, edits, everywhere })
  return { settings, commit, operation: operation.id, configFile: await writeConfig(repository) }
}

/** Whoever names a store means it: its folder is made, its server trusted by this clone. */
async function prepareStores({ files, commonDir }: Repository, { stores, mirrors }: BranchSettings): Promise<void> {
  for (const address of [...stores, ...mirrors]) {
    if (address.kind === 'dir') await makeFolderStore(files, address.folder)
    else if (address.endpoint !== undefined)
      await trustHost(files, commonDir, { namedBy: NAMED_BY_BRANCH, host: address.endpoint })
  }
}

function settingsOf({
  layout,
  store,
  stores = [],
  mirrors = [],
  isCompact = false,
}: InitializeOptions): BranchSettings {
  const records = layout === 'single' ? REGISTRY_REF : parseRefName('refs/heads/mlv-runs')
  const areas = { registry: REGISTRY_REF, records }
  const compact = isCompact ? { compact: true as const } : {}
  return { format: BRANCH_FORMAT, layout, areas, store, stores, mirrors, ...compact }
}

async function writeConfig(repository: Repository): Promise<InitializeReport['configFile']> {
  if (repository.worktree === undefined) return undefined
  const path = `${repository.worktree}/mlv.yaml`
  if ((await repository.files.lstat(path)) !== undefined) return { path, created: false }
  await writeFileDurably(repository.files, path, Buffer.from(configTemplate()), { permissions: 0o644, replace: false })
  return { path, created: true }
}
