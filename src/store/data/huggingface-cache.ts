/**
 * The cache of the Hugging Face hub: which commit of a repository its folders hold.
 *
 * Layout (huggingface_hub, "Understand caching"): `<type>s--<org>--<name>/refs/<revision>` holds a commit, and
 * `snapshots/<commit>/` its files, links into `blobs/`.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'
import { readTextIfAny } from '../inputs/input-text.ts'

/** A repository of the hub. */
interface HubPlace {
  /** `datasets`, `models` or `spaces`. */
  readonly type: string
  /** `org/name`. */
  readonly name: string
  readonly revision: string
}

const COMMIT = /^[0-9a-f]{40}$/
const REF_LIMIT_BYTES = 1024
const SNAPSHOT = /(?:^|\/)(datasets|models|spaces)--([^/]+)\/snapshots\/([0-9a-f]{40})(?:\/|$)/
const REPOSITORY = /(?:^|\/)(?:datasets|models|spaces)--[^/]+\/?$/
const HUB_URI = /^hf:\/\/(?:(datasets|models|spaces)\/)?([\w.-]+(?:\/[\w.-]+)?)(?:@([\w.%-]+))?(?:\/|$)/

/** The commit a path inside the cache belongs to: `datasets/org/name@<commit>`; `undefined` for any other path. */
export function hubRevisionOf(path: string): string | undefined {
  const [, type, folder, commit] = SNAPSHOT.exec(path.replaceAll('\\', '/')) ?? []
  return type === undefined || folder === undefined ? undefined : `${type}/${nameOf(folder)}@${commit ?? ''}`
}

/** The files that the main ref of a cached repository names, when a path is such a repository's folder. */
export async function hubSnapshotFolder(files: Files, path: string): Promise<string | undefined> {
  if (!REPOSITORY.test(path.replaceAll('\\', '/'))) return undefined
  const commit = await readRef(files, path, 'main')
  return commit === undefined ? undefined : join(path, 'snapshots', commit)
}

/**
 * The commit that a URI such as `hf://datasets/org/name@main` names here: a whole commit by itself, a branch or tag by
 * what the cache last fetched. `undefined` when the cache does not know.
 */
export async function resolveHubUri(
  files: Files,
  uri: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const place = parseHubUri(uri)
  if (place === undefined) return undefined
  const cache = cacheFolder(variables)
  const folder = join(cache ?? '', `${place.type}--${place.name.replaceAll('/', '--')}`)
  const isCommit = COMMIT.test(place.revision)
  const commit = isCommit
    ? place.revision
    : cache === undefined
      ? undefined
      : await readRef(files, folder, place.revision)
  return commit === undefined ? undefined : `${place.type}/${place.name}@${commit}`
}

function parseHubUri(uri: string): HubPlace | undefined {
  const [, type = 'models', name, revision = 'main'] = HUB_URI.exec(uri) ?? []
  // The hub writes the slashes of a revision, such as refs/pr/1, in this way only.
  const whole = revision.replace(/%2F/gi, '/')
  const isEscape = whole.split('/').some((component) => component === '..' || component.includes('%'))
  return name === undefined || isEscape ? undefined : { type, name, revision: whole }
}

/** The hub's own order: huggingface_hub/constants.py. */
function cacheFolder(variables: Readonly<Record<string, string | undefined>>): string | undefined {
  const { HF_HUB_CACHE: hub, HF_HOME: home, XDG_CACHE_HOME: caches, HOME: user } = variables
  if (hub !== undefined && hub !== '') return hub
  if (home !== undefined && home !== '') return join(home, 'hub')
  if (caches !== undefined && caches !== '') return join(caches, 'huggingface', 'hub')
  return user === undefined || user === '' ? undefined : join(user, '.cache', 'huggingface', 'hub')
}

async function readRef(files: Files, folder: string, revision: string): Promise<string | undefined> {
  const commit = (await readTextIfAny(files, join(folder, 'refs', revision), REF_LIMIT_BYTES))?.trim()
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined
}

function nameOf(folder: string): string {
  return folder.replaceAll('--', '/')
}
