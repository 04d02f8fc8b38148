/**
 * The format a repository declares in its own config (gitrepository-layout(5)): what mlv knows how to read is told,
 * anything else is refused, so that it is never half written.
 */
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import { configBoolean, configValue } from './config-text.ts'
import type { ConfigValues } from './config-text.ts'
import { findGit, runGit } from './git-command.ts'
import type { GitEnvironment } from './git-environment.ts'

/** How a repository keeps its objects and refs. */
export interface RepositoryFormat {
  readonly objectFormat: 'sha1' | 'sha256'
  readonly refFormat: 'files' | 'reftable'
  /** Whether objects may be absent and fetched when needed. */
  readonly partialClone: boolean
}

/** Extensions that change nothing mlv reads or writes. */
const INDIFFERENT = new Set(['noop', 'noop-v1', 'preciousobjects', 'partialclone', 'worktreeconfig'])

/** The first git that understands an extension. */
const NEEDED_GIT: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['refstorage', [2, 45]],
  ['relativeworktrees', [2, 48]],
])

/**
 * Reads the format from a repository's config.
 *
 * @throws `repository-format` for an extension mlv does not know, or one that the git here does not.
 */
export async function readFormat(
  files: Files,
  config: ConfigValues,
  environment: GitEnvironment,
): Promise<RepositoryFormat> {
  const version = configValue(config, 'core.repositoryformatversion') ?? '0'
  if (version !== '0' && version !== '1') throw unknownFormat(`repository format ${version}`, 'a newer mlv')
  const names = extensionNames(config)
  for (const name of names) await refuseUnknown(name, version, () => gitVersion(files, environment))
  return {
    objectFormat: objectFormatOf(configValue(config, 'extensions.objectformat')),
    refFormat: refFormatOf(configValue(config, 'extensions.refstorage')),
    partialClone: names.includes('partialclone') || hasPromisor(config),
  }
}

function extensionNames(config: ConfigValues): readonly string[] {
  return [...config.keys()].filter((key) => key.startsWith('extensions.')).map((key) => key.slice('extensions.'.length))
}

type Version = readonly [number, number]

async function refuseUnknown(
  name: string,
  format: string,
  versionHere: () => Promise<Version | undefined>,
): Promise<void> {
  if (INDIFFERENT.has(name)) return
  const needed = NEEDED_GIT.get(name)
  // Format 0 predates extensions: git ignores names it does not know there, and refuses those it does.
  if (needed === undefined && name !== 'objectformat') {
    if (format === '1') throw unknownFormat(`the extension '${name}'`, 'a newer mlv')
    return
  }
  if (format === '0') throw unknownFormat(`the extension '${name}' in format 0`, 'core.repositoryFormatVersion = 1')
  if (needed !== undefined && !isAtLeast(await versionHere(), needed)) {
    throw unknownFormat(`the extension '${name}'`, `git ${needed.join('.')} or newer`)
  }
}

async function gitVersion(files: Files, environment: GitEnvironment): Promise<Version | undefined> {
  const git = await findGit(files, environment)
  if (git === undefined) return undefined
  const { stdout } = await runGit(git, ['version'])
  const match = /(\d+)\.(\d+)/.exec(Buffer.from(stdout).toString('utf8'))
  return match === null ? undefined : [Number(match[1]), Number(match[2])]
}

function isAtLeast(version: Version | undefined, needed: Version): boolean {
  if (version === undefined) return false
  return version[0] > needed[0] || (version[0] === needed[0] && version[1] >= needed[1])
}

function objectFormatOf(value: string | undefined): 'sha1' | 'sha256' {
  if (value === undefined || value === 'sha1') return 'sha1'
  if (value === 'sha256') return 'sha256'
  throw unknownFormat(`the object format '${value}'`, 'a newer mlv')
}

function refFormatOf(value: string | undefined): 'files' | 'reftable' {
  if (value === undefined || value === 'files') return 'files'
  if (value === 'reftable') return 'reftable'
  throw unknownFormat(`the ref format '${value}'`, 'a newer mlv')
}

function hasPromisor(config: ConfigValues): boolean {
  return [...config.keys()].some((key) => /^remote\..*\.promisor$/.test(key) && configBoolean(config, key) === true)
}

function unknownFormat(extension: string, needs: string): Error {
  return refuse('repository-format', { extension, needs })
}
