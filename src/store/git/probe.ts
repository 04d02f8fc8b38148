/**
 * Finds the repository around a folder and what kind it is, without starting git: the same rules as git-rev-parse(1)
 * and gitrepository-layout(5). What mlv cannot handle is refused here, before anything is read or written.
 */
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import { configBoolean, configValue, parseConfigText } from './config-text.ts'
import type { ConfigValues } from './config-text.ts'
import type { GitEnvironment } from './git-environment.ts'
import { readFormat } from './repository-format.ts'
import type { RepositoryFormat } from './repository-format.ts'
import { refuseForeignOwner } from './repository-owner.ts'

/** Where a repository is and what kind it is. All paths are absolute and free of symbolic links. */
export interface RepositoryPlace extends RepositoryFormat {
  /** The top folder of the files; absent in a bare repository. */
  readonly worktree?: string
  /** This worktree's git folder, with its HEAD and index. */
  readonly gitDir: string
  /** The git folder that all worktrees share, with objects and refs. */
  readonly commonDir: string
  readonly bare: boolean
  /** Whether history was cut when cloning. */
  readonly shallow: boolean
  /** Whether objects are borrowed from another repository. */
  readonly alternates: boolean
}

/** A git folder found, with the folder its `.git` was in unless it is bare. */
interface Found {
  readonly gitDir: string
  readonly holder: string | undefined
  /** Named by GIT_DIR: then git trusts it whoever owns it. */
  readonly named: boolean
}

/**
 * Finds and examines the repository that holds a folder.
 *
 * Honours GIT_DIR, GIT_WORK_TREE, GIT_COMMON_DIR and GIT_CEILING_DIRECTORIES.
 *
 * @throws `repository-not-found`, `repository-format`, `repository-owner`, `permission-denied`, `document-malformed`
 */
export async function probeRepository(
  files: Files,
  start: string,
  environment: GitEnvironment,
): Promise<RepositoryPlace> {
  return withDiskFailures(start, 'reading', async () => {
    if ((await files.stat(start))?.kind !== 'folder') throw refuse('repository-not-found', { folder: start })
    const folder = await files.realPath(start)
    const found = (await namedByVariable(files, folder, environment)) ?? (await findAbove(files, folder, environment))
    if (found === undefined) throw refuse('repository-not-found', { folder: start })
    return examine(files, found, { folder, environment })
  })
}

async function namedByVariable(files: Files, folder: string, environment: GitEnvironment): Promise<Found | undefined> {
  const named = environment.variables['GIT_DIR']
  if (named === undefined || named === '') return undefined
  const path = resolve(folder, named)
  const gitDir = (await files.stat(path))?.kind === 'file' ? await readGitFile(files, path) : path
  if (gitDir === undefined || !(await isGitFolder(files, gitDir)))
    throw refuse('repository-not-found', { folder: path })
  return { gitDir: await files.realPath(gitDir), holder: folder, named: true }
}

async function findAbove(files: Files, start: string, environment: GitEnvironment): Promise<Found | undefined> {
  const ceilings = await ceilingFolders(files, environment)
  for (let folder = start; ; folder = dirname(folder)) {
    const found = await findIn(files, folder)
    if (found !== undefined) return found
    const parent = dirname(folder)
    // A ceiling stops the walk above where it started; the start itself is always looked at.
    if (parent === folder || ceilings.has(parent)) return undefined
  }
}

async function findIn(files: Files, folder: string): Promise<Found | undefined> {
  const path = join(folder, '.git')
  const stat = await files.stat(path)
  const candidate = stat?.kind === 'file' ? await readGitFile(files, path) : path
  if (stat !== undefined && candidate !== undefined && (await isGitFolder(files, candidate))) {
    return { gitDir: await files.realPath(candidate), holder: folder, named: false }
  }
  if (await isGitFolder(files, folder)) return { gitDir: folder, holder: undefined, named: false }
  return undefined
}

/** A `.git` file of a linked worktree or submodule says `gitdir: <path>`. */
async function readGitFile(files: Files, path: string): Promise<string | undefined> {
  const text = textOf(await files.readFile(path))
  const target = /^gitdir: ([^\n\0]+)/.exec(text)?.[1]?.replace(/\r$/, '')
  return target === undefined ? undefined : resolve(dirname(path), target)
}

/** What git asks of a git folder: a HEAD, and objects and refs here or in the common folder. */
async function isGitFolder(files: Files, folder: string): Promise<boolean> {
  if ((await files.lstat(join(folder, 'HEAD'))) === undefined) return false
  const commonDir = await readCommonDir(files, folder)
  const parts = await Promise.all(['objects', 'refs'].map((part) => files.stat(join(commonDir, part))))
  return parts.every((part) => part?.kind === 'folder')
}

async function readCommonDir(files: Files, gitDir: string): Promise<string> {
  const path = join(gitDir, 'commondir')
  if ((await files.stat(path))?.kind !== 'file') return gitDir
  return resolve(gitDir, textOf(await files.readFile(path)).trim())
}

async function ceilingFolders(files: Files, environment: GitEnvironment): Promise<ReadonlySet<string>> {
  const named = (environment.variables['GIT_CEILING_DIRECTORIES'] ?? '').split(delimiter)
  const absolute = named.filter((folder) => isAbsolute(folder)).map((folder) => resolve(folder))
  const real = await Promise.all(
    absolute.map(async (folder) => ((await files.stat(folder)) === undefined ? folder : files.realPath(folder))),
  )
  return new Set(real)
}

/** Where the search started and in which world. */
interface Search {
  readonly folder: string
  readonly environment: GitEnvironment
}

async function examine(files: Files, found: Found, search: Search): Promise<RepositoryPlace> {
  const { environment } = search
  const commonDir = await commonDirOf(files, found.gitDir, environment)
  const config = await readConfigFile(files, join(commonDir, 'config'))
  const format = await readFormat(files, config, environment)
  const own = configBoolean(config, 'extensions.worktreeconfig')
    ? await readConfigFile(files, join(found.gitDir, 'config.worktree'))
    : new Map<string, readonly string[]>()
  const worktree = await worktreeOf(files, found, { search, commonDir, config, own })
  if (!found.named) {
    const owned = [found.gitDir, commonDir, ...(worktree === undefined ? [] : [worktree])]
    await refuseForeignOwner(files, { owned, named: worktree ?? found.gitDir }, environment)
  }
  return {
    ...(worktree === undefined ? {} : { worktree }),
    gitDir: found.gitDir,
    commonDir,
    bare: worktree === undefined,
    ...format,
    shallow: await isNonEmpty(files, join(commonDir, 'shallow')),
    alternates: await isNonEmpty(files, join(commonDir, 'objects', 'info', 'alternates')),
  }
}

async function commonDirOf(files: Files, gitDir: string, environment: GitEnvironment): Promise<string> {
  const named = environment.variables['GIT_COMMON_DIR']
  return files.realPath(named === undefined || named === '' ? await readCommonDir(files, gitDir) : resolve(named))
}

/** What the rules for finding the top folder look at. */
interface WorktreeFacts {
  readonly search: Search
  readonly commonDir: string
  readonly config: ConfigValues
  /** The configuration of this worktree alone. */
  readonly own: ConfigValues
}

/** GIT_WORK_TREE, then `core.worktree` (submodules have it), then the folder of the `.git`, unless bare. */
async function worktreeOf(files: Files, found: Found, facts: WorktreeFacts): Promise<string | undefined> {
  const named = facts.search.environment.variables['GIT_WORK_TREE']
  if (found.named && named !== undefined && named !== '') return files.realPath(resolve(facts.search.folder, named))
  const isLinked = facts.commonDir !== found.gitDir
  // The shared `core.bare` and `core.worktree` describe the main worktree, not a linked one.
  const values = isLinked ? [facts.own] : [facts.own, facts.config]
  const configured = values.map((value) => configValue(value, 'core.worktree')).find((value) => value !== undefined)
  if (configured !== undefined) return files.realPath(resolve(found.gitDir, configured))
  const isBare = values.map((value) => configBoolean(value, 'core.bare')).find((value) => value !== undefined)
  return isBare === true ? undefined : found.holder
}

async function readConfigFile(files: Files, path: string): Promise<ConfigValues> {
  if ((await files.stat(path)) === undefined) return new Map()
  const values = parseConfigText(textOf(await files.readFile(path)))
  if (values === undefined) throw refuse('document-malformed', { place: { file: path }, problem: 'bad git config' })
  return values
}

async function isNonEmpty(files: Files, path: string): Promise<boolean> {
  const stat = await files.stat(path)
  return stat !== undefined && stat.sizeBytes > 0
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
