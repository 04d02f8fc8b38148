/**
 * `mlv cache`: what the cache of this machine holds, and what people do with it. Works outside a repository too.
 */
import { Failure, isFailure, refuse } from '../../domain/failure.ts'
import { clearCached, listCached, totalOf } from '../../store/artifacts/cache-room.ts'
import type { CachedObject, CachePlace } from '../../store/artifacts/cache-room.ts'
import { digestOf } from '../../store/artifacts/object-cache.ts'
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { findGit, gitFailure, runGit } from '../../store/git/git-command.ts'
import { probeRepository } from '../../store/git/probe.ts'
import { readCacheSettings } from '../repository/cache-settings.ts'
import type { CacheSettings } from '../repository/cache-settings.ts'
import type { OpenOptions } from '../repository/repository.ts'

/** What to do with the cache besides showing it. */
export type CacheAction =
  | { readonly kind: 'show' }
  /** Removes what was not used for a time, or everything. */
  | { readonly kind: 'clear'; readonly olderThanMs?: number }
  /** Reads every object and drops those that are not what they are called. */
  | { readonly kind: 'verify' }
  /** Sets how much it may hold, and makes room at once. */
  | { readonly kind: 'limit'; readonly limitBytes: number; readonly text: string }
  /** Sets where it is, for all repositories of the user. */
  | { readonly kind: 'dir'; readonly folder: string }

/** What the cache holds after the action. */
export interface CacheReport {
  readonly settings: CacheSettings
  readonly objects: number
  readonly sizeBytes: number
  /** What went, and why. */
  readonly removed: readonly { readonly sha256: string; readonly sizeBytes: number; readonly reason: RemovalReason }[]
}

/** Why an object went. */
export type RemovalReason = 'cleared' | 'damaged' | 'over the limit'

/**
 * Does something with the cache.
 *
 * @returns `undefined` when this machine has none
 * @throws `usage-invalid` for a clear, limit or verify without one, `git-missing`, the disk's refusals
 */
export async function manageCache(options: OpenOptions, action: CacheAction): Promise<CacheReport | undefined> {
  if (action.kind === 'dir') await configure(options, 'mlv.cache', action.folder)
  const settings = await settingsOf(options)
  if (settings === undefined) {
    if (action.kind === 'show') return undefined
    throw refuse('usage-invalid', { problem: "this machine has no cache; 'mlv cache dir FOLDER' sets one" })
  }
  if (action.kind === 'limit') {
    await configure(options, 'mlv.cacheLimit', action.text)
    return work(options, { ...settings, limitBytes: action.limitBytes }, action)
  }
  return work(options, settings, action)
}

async function work(options: OpenOptions, settings: CacheSettings, action: CacheAction): Promise<CacheReport> {
  const place = placeOf(options, settings)
  return withDiskFailures(settings.folder, 'reading', async () => {
    const removed = await act(place, settings, action, options)
    const objects = await listCached(place)
    return { settings, objects: objects.length, sizeBytes: totalOf(objects), removed }
  })
}

async function act(
  place: CachePlace,
  { limitBytes }: CacheSettings,
  action: CacheAction,
  { clock }: OpenOptions,
): Promise<CacheReport['removed']> {
  switch (action.kind) {
    case 'show':
    case 'dir':
      return []
    case 'clear': {
      const { olderThanMs } = action
      const since = olderThanMs === undefined ? Infinity : clock.nowMs() - olderThanMs
      return told(await clearCached(place, ({ usedMs }) => usedMs >= since), 'cleared')
    }
    case 'verify': {
      const damaged = await damagedObjects(place)
      return told(await clearCached(place, ({ sha256 }) => !damaged.has(sha256)), 'damaged')
    }
    case 'limit': {
      const over = new Set(overLimit(await listCached(place), limitBytes))
      return told(await clearCached(place, ({ path }) => !over.has(path)), 'over the limit')
    }
  }
}

async function damagedObjects(place: CachePlace): Promise<ReadonlySet<string>> {
  const damaged = new Set<string>()
  for (const { sha256, path } of await listCached(place)) {
    const actual = await digestOf(place.files, path).catch((caught: unknown) => {
      // Evicted meanwhile, or unreadable: the one is no damage, the other is told by the disk when it is removed.
      if (caught instanceof Failure) throw caught
      return sha256
    })
    if (actual !== sha256) damaged.add(sha256)
  }
  return damaged
}

/** Paths of those that have to go, longest unused first. */
function overLimit(objects: readonly CachedObject[], limitBytes: number): readonly string[] {
  let total = totalOf(objects)
  return objects.flatMap(({ path, sizeBytes }) => {
    if (total <= limitBytes) return []
    total -= sizeBytes
    return [path]
  })
}

function told(objects: readonly CachedObject[], reason: RemovalReason): CacheReport['removed'] {
  return objects.map(({ sha256, sizeBytes }) => ({ sha256, sizeBytes, reason }))
}

function placeOf(options: OpenOptions, { folder }: CacheSettings): CachePlace {
  const { files = nodeFiles, clock, entropy, processId, hostName, isRunning } = options
  return { files, folder, lock: { clock, entropy, processId, hostName, isRunning } }
}

async function settingsOf(options: OpenOptions): Promise<CacheSettings | undefined> {
  const git = await findGit(options.files ?? nodeFiles, options)
  return readCacheSettings({ git, gitDir: await gitDirOf(options), variables: options.variables })
}

/** The configuration of a repository counts where there is one. */
async function gitDirOf(options: OpenOptions): Promise<string | undefined> {
  try {
    return (await probeRepository(options.files ?? nodeFiles, options.folder, options)).gitDir
  } catch (caught) {
    if (!isFailure(caught, 'repository-not-found')) throw caught
    return undefined
  }
}

/** The cache is the user's, not a repository's, so that is where it is configured. */
async function configure(options: OpenOptions, key: string, value: string): Promise<void> {
  const git = await findGit(options.files ?? nodeFiles, options)
  if (git === undefined) throw refuse('git-missing', { purpose: 'configure the cache' })
  const result = await runGit(git, ['config', '--global', '--replace-all', key, value])
  if (result.exitCode !== 0) throw gitFailure('config --global', result, key)
}
