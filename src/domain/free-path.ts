/**
 * Free paths: a file that is logged under a path that is taken gets a number, because a run that is over cannot be
 * asked for another name.
 */
import { parseArtifactPath } from './artifact-path.ts'
import type { ArtifactPath } from './artifact-path.ts'
import { collisionKey } from './collision-key.ts'

/** Paths that are taken, and those that are handed out. */
export interface PathTaker {
  /** Tells whether this very path is taken. */
  readonly has: (path: ArtifactPath) => boolean
  /** Takes a path, or the first of `name-2.ext`, `name-3.ext`, … that stands beside all others on every system. */
  readonly take: (path: ArtifactPath) => ArtifactPath
}

/** Starts with the paths that are taken. */
export function openPathTaker(taken: Iterable<ArtifactPath>): PathTaker {
  const exact = new Set<ArtifactPath>()
  const files = new Set<string>()
  /** Spellings of folders by collision key. */
  const folders = new Map<string, string>()
  /** Numbers tried so far, so that the thousandth file of a name is not tried a thousand times. */
  const tried = new Map<ArtifactPath, number>()
  const keep = (path: ArtifactPath): ArtifactPath => {
    exact.add(path)
    files.add(collisionKey(path))
    for (const folder of foldersOf(path)) folders.set(collisionKey(folder), folder)
    return path
  }
  const hasRoom = (path: ArtifactPath): boolean =>
    foldersOf(path).every((folder) => {
      const key = collisionKey(folder)
      return !files.has(key) && (folders.get(key) ?? folder) === folder
    })
  const isFree = (path: ArtifactPath): boolean => {
    const key = collisionKey(path)
    return !files.has(key) && !folders.has(key)
  }
  for (const path of taken) keep(path)
  return {
    has: (path) => exact.has(path),
    take: (path) => {
      let placed = path
      for (let number = 2; !hasRoom(placed); number += 1) placed = withNumberedTop(path, number)
      let free = placed
      for (let number = tried.get(placed) ?? 2; !isFree(free); number += 1) {
        free = withNumber(placed, number)
        tried.set(placed, number)
      }
      return keep(free)
    },
  }
}

function withNumber(path: ArtifactPath, number: number): ArtifactPath {
  const dot = path.lastIndexOf('.')
  const end = dot > path.lastIndexOf('/') + 1 ? dot : path.length
  return parseArtifactPath(`${path.slice(0, end)}-${number}${path.slice(end)}`)
}

function withNumberedTop(path: ArtifactPath, number: number): ArtifactPath {
  const end = path.indexOf('/')
  return parseArtifactPath(`${path.slice(0, end)}-${number}${path.slice(end)}`)
}

function foldersOf(path: ArtifactPath): readonly string[] {
  const folders: string[] = []
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.push(path.slice(0, end))
  return folders
}
