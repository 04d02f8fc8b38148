/**
 * Which files of a worktree git changes on their way in: by attributes, and by settings.
 *
 * Most repositories have neither, and that is found out without starting git.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'
import { readTextIfAny } from '../inputs/input-text.ts'
import type { WorktreeGit } from './worktree-git.ts'

/** What git may do to a file. */
export interface Conversion {
  readonly path: string
  /** The name of its filter, when that is configured here. */
  readonly filter?: string
  /** Whether only line ends may change. */
  readonly isText: boolean
}

type Variables = Readonly<Record<string, string | undefined>>

const CONFIG_LIMIT_BYTES = 1024 * 1024
const INDEX_LIMIT_BYTES = 64 * 1024 * 1024
const INDEX_VERSION_AT = 4
const ATTRIBUTES = ['filter', 'text', 'crlf', 'eol', 'ident', 'working-tree-encoding'] as const
const ATTRIBUTES_FILE = '.gitattributes'
const CHANGING_SETTING = /autocrlf|attributesfile|\binclude/i

/**
 * Tells whether any file may be changed at all. Looks for files that could say so and takes any of them for a yes; an
 * attributes file that git itself ignores, below the top, is not seen.
 */
export async function mayConvert(git: WorktreeGit, variables: Variables): Promise<boolean> {
  const { files, place } = git
  if (variables['GIT_CONFIG_COUNT'] !== undefined || variables['GIT_CONFIG_PARAMETERS'] !== undefined) return true
  // Where the system's configuration is there is git's own secret.
  if (variables['OS'] === 'Windows_NT') return true
  const attributes = [join(place.worktree, ATTRIBUTES_FILE), ...attributeFiles(place.commonDir, variables)]
  for (const path of attributes) if ((await files.stat(path)) !== undefined) return true
  const texts = await Promise.all(
    configFiles(place, variables).map((path) => readTextIfAny(files, path, CONFIG_LIMIT_BYTES)),
  )
  if (texts.some((text) => text !== undefined && CHANGING_SETTING.test(text))) return true
  return indexMayHaveAttributes(files, join(place.gitDir, 'index'))
}

function configFiles(
  place: { readonly commonDir: string; readonly gitDir: string },
  variables: Variables,
): readonly string[] {
  const { GIT_CONFIG_GLOBAL: global, GIT_CONFIG_NOSYSTEM: noSystem, GIT_CONFIG_SYSTEM: system, HOME: home } = variables
  const user =
    global === undefined ? [join(userFolder(variables), 'config'), join(home ?? '/', '.gitconfig')] : [global]
  const all = noSystem === undefined ? [system ?? '/etc/gitconfig'] : []
  return [join(place.commonDir, 'config'), join(place.gitDir, 'config.worktree'), ...user, ...all]
}

function attributeFiles(commonDir: string, variables: Variables): readonly string[] {
  return [join(commonDir, 'info/attributes'), join(userFolder(variables), 'attributes'), '/etc/gitattributes']
}

function userFolder({ XDG_CONFIG_HOME: folder, HOME: home }: Variables): string {
  return folder !== undefined && folder !== '' ? join(folder, 'git') : join(home ?? '/', '.config/git')
}

async function indexMayHaveAttributes(files: Files, path: string): Promise<boolean> {
  const stat = await files.stat(path)
  if (stat === undefined) return false
  if (stat.sizeBytes > INDEX_LIMIT_BYTES) return true
  const bytes = Buffer.from(await files.readFile(path))
  if (bytes.length < INDEX_VERSION_AT + 4) return true
  // Version 4 leaves out what a name shares with the one before it, such as `.git-blame-ignore-revs`.
  return bytes.includes(bytes.readUInt32BE(INDEX_VERSION_AT) > 3 ? 'ributes\0' : ATTRIBUTES_FILE)
}

/** Finds the files among these that git may change. @throws `git-failed` */
export async function findConversions(git: WorktreeGit, paths: readonly string[]): Promise<readonly Conversion[]> {
  const settings = await readSettings(git)
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''))
  const answer = await git.bytes(['check-attr', '-z', '--stdin', ...ATTRIBUTES], { input })
  const fields = Buffer.from(answer).toString('utf8').split('\0')
  const found: Conversion[] = []
  for (const [index, path] of paths.entries()) {
    const at = index * ATTRIBUTES.length * 3
    const values = new Map(ATTRIBUTES.map((name, order) => [name, fields[at + order * 3 + 2] ?? 'unspecified']))
    const conversion = conversionOf(path, values, settings)
    if (conversion !== undefined) found.push(conversion)
  }
  return found
}

interface Settings {
  readonly convertsText: boolean
  /** Names of filters that have a program. */
  readonly filters: ReadonlySet<string>
}

async function readSettings(git: WorktreeGit): Promise<Settings> {
  const text = Buffer.from(await git.bytes(['config', '--null', '--list'])).toString('utf8')
  const settings = text.split('\0').map((item) => item.split('\n', 2))
  const autocrlf = settings.findLast(([key]) => key === 'core.autocrlf')
  const filters = settings.flatMap(([key = '']) => /^filter\.(.+)\.(?:clean|smudge|process)$/.exec(key)?.[1] ?? [])
  const isOff = autocrlf === undefined || /^(?:false|no|off|0|)$/i.test(autocrlf[1] ?? 'true')
  return { convertsText: !isOff, filters: new Set(filters) }
}

type Attribute = (typeof ATTRIBUTES)[number]

/** gitattributes(5): `unspecified`, `set`, `unset`, or a value. */
function conversionOf(
  path: string,
  values: ReadonlyMap<Attribute, string>,
  settings: Settings,
): Conversion | undefined {
  const valueOf = (name: Attribute) => values.get(name) ?? 'unspecified'
  const isOn = (name: Attribute) => !['unspecified', 'unset'].includes(valueOf(name))
  const filter = valueOf('filter')
  if (settings.filters.has(filter)) return { path, filter, isText: false }
  if (isOn('ident') || isOn('working-tree-encoding')) return { path, isText: false }
  const isBinary = valueOf('text') === 'unset' || (valueOf('text') === 'unspecified' && valueOf('crlf') === 'unset')
  if (isBinary) return undefined
  return isOn('text') || isOn('crlf') || isOn('eol') || settings.convertsText ? { path, isText: true } : undefined
}
