/**
 * Who made a commit, by git's own rules: variables, then `author.*` and `committer.*`, then `user.*`. A name guessed
 * from the machine is taken only where git itself would take it.
 */
import { join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import { booleanOf, parseConfigText } from './config-text.ts'
import type { Signature, Signatures } from './engine.ts'
import { findGit, runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import { readGitConfig, settingOf } from './git-config.ts'
import type { GitEnvironment } from './git-environment.ts'
import { readText } from './loose-ref.ts'
import type { RepositoryPlace } from './probe.ts'

/** Looks a configuration key up. */
type Lookup = (key: string) => string | undefined

type Role = 'author' | 'committer'

interface Person {
  readonly name: string | undefined
  readonly email: string | undefined
}

/**
 * Reads author and committer as of now, UTC, and whether commits are to be signed. Starts git once at most, unless
 * nothing names the user.
 *
 * @throws `identity-missing`
 */
export async function readSignatures(
  place: RepositoryPlace,
  files: Files,
  environment: GitEnvironment,
): Promise<Signatures> {
  const git = await findGit(files, environment)
  const lookup = git === undefined ? await readOwnConfig(place, files, environment) : await askGit(git, place)
  const atSeconds = Math.floor(environment.clock.nowMs() / 1000)
  const signatureOf = async (role: Role): Promise<Signature> => {
    const person = personOf(role, lookup, environment)
    const { name, email } = await completed(person, role, { git, place })
    return { name, email, atSeconds, zone: '+0000' }
  }
  const [author, committer] = await Promise.all([signatureOf('author'), signatureOf('committer')])
  return booleanOf(lookup('commit.gpgsign')) === true ? { author, committer, sign: true } : { author, committer }
}

async function askGit(git: GitProgram, place: RepositoryPlace): Promise<Lookup> {
  const settings = await readGitConfig(git, place.gitDir)
  return (key) => settingOf(settings, key)
}

/** Without git: the user's file, then the repository's. Includes are not followed. */
async function readOwnConfig(place: RepositoryPlace, files: Files, environment: GitEnvironment): Promise<Lookup> {
  const paths = [...userConfigFiles(environment), join(place.commonDir, 'config')]
  const texts = await Promise.all(paths.map((path) => readText(files, path)))
  const configs = texts.map((text) => parseConfigText(text ?? '') ?? new Map<string, readonly string[]>())
  return (key) =>
    configs
      .findLast((config) => config.has(key))
      ?.get(key)
      ?.at(-1)
}

function userConfigFiles({ variables }: GitEnvironment): readonly string[] {
  const named = variables['GIT_CONFIG_GLOBAL']
  if (named !== undefined) return [named]
  const home = variables['HOME']
  if (home === undefined) return []
  return [join(variables['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'git', 'config'), join(home, '.gitconfig')]
}

function personOf(role: Role, lookup: Lookup, { variables }: GitEnvironment): Person {
  const variable = (what: string) => nonEmpty(variables[`GIT_${role.toUpperCase()}_${what}`])
  const configured = (what: string) => nonEmpty(lookup(`${role}.${what}`)) ?? nonEmpty(lookup(`user.${what}`))
  return {
    name: variable('NAME') ?? configured('name'),
    email: variable('EMAIL') ?? configured('email') ?? nonEmpty(variables['EMAIL']),
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}

/** Lets git fill in what nobody said, from the machine, and refuse where it would. */
async function completed(
  { name, email }: Person,
  role: Role,
  source: { readonly git: GitProgram | undefined; readonly place: RepositoryPlace },
): Promise<{ readonly name: string; readonly email: string }> {
  if (name !== undefined && email !== undefined) return { name, email }
  const missing = name === undefined ? 'user.name' : 'user.email'
  if (source.git === undefined) throw refuse('identity-missing', { missing })
  const variable = `GIT_${role.toUpperCase()}_IDENT`
  const result = await runGit(source.git, [`--git-dir=${source.place.gitDir}`, 'var', variable])
  const match = /^(.+) <([^<>]+)> \d+ [+-]\d{4}\n$/.exec(Buffer.from(result.stdout).toString('utf8'))
  if (result.exitCode !== 0 || match === null) {
    throw refuse('identity-missing', { missing }, new Error(result.stderr))
  }
  return { name: match[1] ?? '', email: match[2] ?? '' }
}
