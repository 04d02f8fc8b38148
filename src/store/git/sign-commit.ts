/**
 * Signed commits: the imported commit made once more by git-commit-tree(1), which signs it as the user configured.
 * Which program signs is never taken from the repository's own config, so a hostile one cannot start its own.
 */
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseCommit } from './commit-object.ts'
import type { Signature, Signatures } from './engine.ts'
import { gitFailure, runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import { readGitConfig } from './git-config.ts'
import type { GitSetting } from './git-config.ts'
import type { RepositoryPlace } from './probe.ts'

/** Settings that name a program, with git's own choice. */
const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['gpg.program', 'gpg'],
  ['gpg.openpgp.program', 'gpg'],
  ['gpg.x509.program', 'gpgsm'],
  ['gpg.ssh.program', 'ssh-keygen'],
  ['gpg.ssh.defaultkeycommand', ''],
])

/**
 * Makes a signed commit with the same tree, parents, people and message, synced to disk.
 *
 * It is a loose object until git packs it, so a `git prune --expire=now` in the next milliseconds could remove it; the
 * move of the ref is then refused, because git checks that the commit is there.
 *
 * @throws `git-failed` with what the signing program said.
 */
export async function signCommit(
  repository: { readonly git: GitProgram; readonly place: RepositoryPlace },
  commit: Oid,
  signatures: Signatures,
): Promise<Oid> {
  const { git, place } = repository
  const gitDir = `--git-dir=${place.commonDir}`
  const read = await runGit(git, [gitDir, 'cat-file', 'commit', commit])
  if (read.exitCode !== 0) throw gitFailure('cat-file', read, place.commonDir)
  const { tree, parents, message } = parseCommit(commit, read.stdout)
  const programs = programSettings(await readGitConfig(git, place.commonDir))
  const command = ['commit-tree', '-S', ...parents.flatMap((parent) => ['-p', parent]), '-F', '-', tree]
  const made = await runGit(git, [gitDir, '-c', 'core.fsync=objects', ...programs, ...command], {
    input: message,
    env: { ...identityVariables('AUTHOR', signatures.author), ...identityVariables('COMMITTER', signatures.committer) },
  })
  const oid = parseOid(Buffer.from(made.stdout).toString('utf8').trim())
  if (made.exitCode !== 0 || oid === undefined) throw gitFailure('commit-tree -S', made, place.commonDir)
  return oid
}

/** Overrides what the repository says by what the user says, or by git's own choice. */
function programSettings(settings: readonly GitSetting[]): readonly string[] {
  return [...PROGRAMS].flatMap(([key, usual]) => {
    const named = settings.filter((setting) => setting.key === key)
    if (named.every((setting) => setting.isUsers)) return []
    return ['-c', `${key}=${named.findLast((setting) => setting.isUsers)?.value ?? usual}`]
  })
}

function identityVariables(role: 'AUTHOR' | 'COMMITTER', signature: Signature): Readonly<Record<string, string>> {
  return {
    [`GIT_${role}_NAME`]: signature.name,
    [`GIT_${role}_EMAIL`]: signature.email,
    [`GIT_${role}_DATE`]: `@${signature.atSeconds} ${signature.zone}`,
  }
}
