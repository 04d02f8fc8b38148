/**
 * Paths of artifacts: relative, portable, and harmless on every system, whichever one wrote them.
 *
 * Every rule but the length of the whole is about one component, so any part of a checked path is itself checked.
 */
import type { Brand } from '../base/brand.ts'
import { hiddenCharacterAt, quoted } from '../base/printable.ts'
import { collisionKey } from './collision-key.ts'
import { refuse } from './failure.ts'

/** A checked path of a file or folder, relative, with forward slashes. */
export type ArtifactPath = Brand<string, 'ArtifactPath'>

const LIMIT_FILES = 100_000
const LIMIT_PATH_BYTES = 4_096
const LIMIT_COMPONENT_BYTES = 255
const LIMIT_DEPTH = 64

// Windows writes drive letters upper case; `a:b` is refused as well, for its colon.
const ABSOLUTE = /^[\\/]|^[A-Z]:|^[a-z]:[\\/]|(?:^|[\\/])~(?:[\\/]|$)/
const ESCAPE_COMPONENTS: ReadonlySet<string> = new Set(['', '.', '..'])

// What git, git-lfs and mlv act on, with the short names NTFS may give them (git's path.c: is_ntfs_dotgit).
const CONTROL_NAME =
  /^(?:\.git|\.gitmodules|\.gitattributes|\.lfsconfig|\.mlv|(?:git|gitmod|gi7eba|gitatt|gi7d29|lfscon|mlv)~[0-9]+)$/
// HFS+ ignores these inside a name (git's utf8.c: next_hfs_char).
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i
// What a reader puts where bytes were not UTF-8.
const REPLACEMENT_CHARACTER = '\ufffd'

/** Each reason with its test; the first that a component meets is the one told. */
const NOT_PORTABLE: readonly (readonly [(component: string) => boolean, string])[] = [
  [(component) => component.includes('\u0000'), 'a NUL byte ends a name'],
  [(component) => /[<>:"|?*\\]/.test(component), 'Windows allows none of < > : " | ? * \\ in a name'],
  [(component) => /[. ]$/.test(component), 'Windows drops a final dot or space'],
  [(component) => WINDOWS_DEVICE.test(component), 'Windows keeps this name for a device'],
  [(component) => component.startsWith('-'), 'a name that starts with a dash could be read as an option'],
]

/**
 * Reads the path of one artifact. Never normalizes: a path is either kept as it is or refused.
 *
 * @throws `limit-exceeded`, `path-absolute`, `path-escape`, `path-git-control`, `path-not-portable`,
 * `path-hidden-character` (position in characters, from 1); the first that applies, in this order.
 */
export function parseArtifactPath(text: string): ArtifactPath {
  checkLength(text)
  if (ABSOLUTE.test(text)) throw refuse('path-absolute', { path: text })
  const components = text.split('/')
  checkComponentLimits(text, components)
  checkEscape(text, components)
  if (components.some(isControl)) throw refuse('path-git-control', { path: text })
  for (const component of components) checkPortable(text, component)
  checkVisible(text)
  return text as ArtifactPath
}

/**
 * Reads the paths of all files of one run or version, in the order given.
 *
 * @throws `limit-exceeded` for more than 100,000 files, `path-collision` when two of them could not exist side by side
 * on some system, and all that `parseArtifactPath` refuses.
 */
export function parseArtifactPaths(texts: readonly string[]): readonly ArtifactPath[] {
  if (texts.length > LIMIT_FILES) {
    throw refuse('limit-exceeded', { what: 'the number of files', actual: texts.length, limit: LIMIT_FILES })
  }
  const paths = texts.map(parseArtifactPath)
  checkCollisions(paths)
  return paths
}

/**
 * The path of `rest` below `folder`.
 *
 * @throws `limit-exceeded` when the whole is too long or too deep.
 */
export function joinArtifactPath(folder: ArtifactPath, rest: ArtifactPath): ArtifactPath {
  return parseArtifactPath(`${folder}/${rest}`)
}

/** The path as seen from a folder above it; `undefined` when it is not below that folder. */
export function relativeTo(folder: ArtifactPath, path: ArtifactPath): ArtifactPath | undefined {
  return path.startsWith(`${folder}/`) ? parseArtifactPath(path.slice(folder.length + 1)) : undefined
}

/** The last component of a path. */
export function baseName(path: ArtifactPath): ArtifactPath {
  return parseArtifactPath(path.slice(path.lastIndexOf('/') + 1))
}

function checkLength(text: string): void {
  // A UTF-16 unit is at least one byte, so hostile text is never encoded to be measured.
  const bytes = text.length > LIMIT_PATH_BYTES ? text.length : Buffer.byteLength(text)
  checkLimit(`the length of path ${shortened(text)} in bytes`, bytes, LIMIT_PATH_BYTES)
}

function checkComponentLimits(path: string, components: readonly string[]): void {
  checkLimit(`the depth of path ${shortened(path)}`, components.length, LIMIT_DEPTH)
  for (const component of components) {
    checkLimit(
      `the length of name ${shortened(component)} in bytes`,
      Buffer.byteLength(component),
      LIMIT_COMPONENT_BYTES,
    )
  }
}

function checkLimit(what: string, actual: number, limit: number): void {
  if (actual > limit) throw refuse('limit-exceeded', { what, actual, limit })
}

function shortened(text: string): string {
  return quoted(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

function checkEscape(path: string, components: readonly string[]): void {
  const escapes = components.some((component) => ESCAPE_COMPONENTS.has(component))
  // Windows reads a backslash as a separator.
  const escapesOnWindows = path.includes('\\') && path.split(/[\\/]/).includes('..')
  if (escapes || escapesOnWindows) throw refuse('path-escape', { path })
}

function isControl(component: string): boolean {
  return component.split('\\').some((part) => {
    // NTFS takes `.git::$INDEX_ALLOCATION` for `.git` and drops final dots and spaces.
    const beforeStream = part.replace(HFS_IGNORED, '').split(':', 1)[0] ?? ''
    return CONTROL_NAME.test(collisionKey(withoutFinalDots(beforeStream)))
  })
}

function withoutFinalDots(name: string): string {
  let end = name.length
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end -= 1
  return name.slice(0, end)
}

function checkPortable(path: string, component: string): void {
  for (const [broken, reason] of NOT_PORTABLE) {
    if (broken(component)) throw refuse('path-not-portable', { path, reason })
  }
}

function checkVisible(path: string): void {
  const hidden = hiddenCharacterAt(path) ?? path.indexOf(REPLACEMENT_CHARACTER)
  if (hidden === -1) return
  throw refuse('path-hidden-character', { path, position: Array.from(path.slice(0, hidden)).length + 1 })
}

/** Paths collide when they or their folders share a key but not a spelling, or when a file is also a folder. */
function checkCollisions(paths: readonly ArtifactPath[]): void {
  const files = new Map<string, ArtifactPath>()
  for (const path of paths) {
    const key = collisionKey(path)
    const first = files.get(key)
    if (first !== undefined) throw refuse('path-collision', { first, second: path })
    files.set(key, path)
  }
  checkFolderCollisions(paths, files)
}

function checkFolderCollisions(paths: readonly ArtifactPath[], files: ReadonlyMap<string, ArtifactPath>): void {
  const spellings = new Map<string, ArtifactPath>()
  const seen = new Set<string>()
  for (const path of paths) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end)
      if (seen.has(folder)) break
      seen.add(folder)
      const key = collisionKey(folder)
      const other = files.get(key) ?? spellings.get(key)
      if (other !== undefined) throw refuse('path-collision', { first: other, second: path })
      spellings.set(key, path)
    }
  }
}
