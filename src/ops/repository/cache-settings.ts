/**
 * Where the cache of this machine is and how much it may hold, as `MLV_CACHE` and git's configuration say. Off unless
 * somebody said where.
 */
import { isAbsolute, join } from 'node:path'
import { sizeOfText } from '../../base/size-text.ts'
import { Failure, refuse } from '../../domain/failure.ts'
import { openObjectCache } from '../../store/artifacts/object-cache.ts'
import type { ObjectCache } from '../../store/artifacts/object-cache.ts'
import type { Files } from '../../store/files/files.ts'
import { readGitConfig, settingOf } from '../../store/git/git-config.ts'
import type { GitProgram } from '../../store/git/git-command.ts'
import type { LockOptions } from '../../store/git/writer-lock.ts'

/** What is configured. */
export interface CacheSettings {
  /** Absolute. */
  readonly folder: string
  readonly limitBytes: number
  /** Who said where it is. */
  readonly source: 'MLV_CACHE' | 'mlv.cache'
}

/** From where settings are read. */
export interface CacheWorld {
  readonly git: GitProgram | undefined
  /** Whose configuration counts too; absent outside a repository. */
  readonly gitDir: string | undefined
  readonly variables: Readonly<Record<string, string | undefined>>
}

const DEFAULT_LIMIT_BYTES = 50_000_000_000

/** Reads the settings; `undefined` without a cache. @throws `usage-invalid` for a folder or limit that is none */
export async function readCacheSettings({ git, gitDir, variables }: CacheWorld): Promise<CacheSettings | undefined> {
  const named = variables['MLV_CACHE']
  // Set to nothing it switches off a cache that is configured.
  if (named === '') return undefined
  const settings = git === undefined ? [] : await readGitConfig(git, gitDir)
  const configured = settingOf(settings, 'mlv.cache')
  const given = named ?? configured
  if (given === undefined || given === '') return undefined
  const source = named === undefined ? 'mlv.cache' : 'MLV_CACHE'
  const limit = settingOf(settings, 'mlv.cachelimit')
  const limitBytes = limit === undefined ? DEFAULT_LIMIT_BYTES : sizeOfText(limit)
  if (limitBytes === undefined) throw refuse('usage-invalid', { problem: `mlv.cacheLimit is no size: '${limit}'` })
  return { folder: absolute(given, source, variables), limitBytes, source }
}

/** What a repository is opened with. */
export interface SharedCacheWorld extends CacheWorld {
  readonly files: Files
  readonly lock: LockOptions
  readonly onTrouble: (problem: string) => void
}

/** Opens the cache that is configured; `undefined` for none. One that cannot be used is told, and there is none. */
export async function openSharedCache(world: SharedCacheWorld): Promise<ObjectCache | undefined> {
  try {
    const settings = await readCacheSettings(world)
    if (settings === undefined) return undefined
    const { files, lock, onTrouble } = world
    return openObjectCache({ files, lock, onTrouble, folder: settings.folder, limitBytes: settings.limitBytes })
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    world.onTrouble(`the cache is not used: ${caught.message}`)
    return undefined
  }
}

function absolute(given: string, source: string, variables: CacheWorld['variables']): string {
  const home = variables['HOME']
  const folder = given.startsWith('~/') && home !== undefined ? join(home, given.slice(2)) : given
  if (isAbsolute(folder)) return folder
  throw refuse('usage-invalid', { problem: `${source} must name an absolute folder, not '${given}'` })
}
