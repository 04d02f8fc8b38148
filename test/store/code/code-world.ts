/**
 * A real repository in a temporary folder for tests of code states: a shell-like `git`, and a digest of everything the
 * user owns in it.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import type { Files } from '../../../src/store/files/files.ts'
import type { Signatures } from '../../../src/store/git/engine.ts'
import type { GitProgram } from '../../../src/store/git/git-command.ts'
import type { RepositoryPlace } from '../../../src/store/git/probe.ts'
import { DEFAULT_SNAPSHOT_LIMIT_BYTES, captureCode } from '../../../src/store/code/code-state.ts'
import type { CapturedCode, CaptureOptions } from '../../../src/store/code/code-state.ts'

const GIT = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()

const VARIABLES: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_COMMITTER_DATE: '1700000000 +0000',
  LC_ALL: 'C',
}

const signature = { name: 'Grace', email: 'grace@example.org', atSeconds: 1_700_000_100, zone: '+0100' }
/** Who makes snapshots in these tests, and when. */
export const SIGNATURES: Signatures = { author: signature, committer: signature }

/** A repository to capture code from. */
export interface CodeWorld {
  readonly worktree: string
  readonly git: (...args: readonly string[]) => string
  readonly gitIn: (folder: string, ...args: readonly string[]) => string
  readonly write: (path: string, content: string | Uint8Array, mode?: number) => void
  readonly remove: (path: string) => void
  readonly place: (folder?: string) => RepositoryPlace
  readonly capture: (options?: Partial<CaptureOptions>, place?: RepositoryPlace, files?: Files) => Promise<CapturedCode>
  /** Subcommands of every git that was started by the last capture. */
  readonly commands: () => readonly string[]
  /** Every file of the worktree and of the git folder with mode and digest, but objects and mlv's own. */
  readonly fingerprint: () => readonly string[]
  readonly dispose: () => void
}

/** Makes an empty repository on branch `main`. */
export function createCodeWorld(initArguments: readonly string[] = []): CodeWorld {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-code-')))
  const worktree = join(root, 'work')
  const gitLog = join(root, 'commands')
  const program = loggingGit(root, gitLog)
  const gitIn = (folder: string, ...args: readonly string[]) =>
    execFileSync(GIT, args, { cwd: folder, env: VARIABLES, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const git = (...args: readonly string[]) => gitIn(worktree, ...args)
  mkdirSync(worktree)
  git('init', '--quiet', '--initial-branch=main', ...initArguments)

  const place = (folder = worktree): RepositoryPlace => placeAt((...args) => gitIn(folder, ...args))
  return {
    worktree,
    git,
    gitIn,
    place,
    write: (path, content, mode) => {
      mkdirSync(dirname(join(worktree, path)), { recursive: true })
      writeFileSync(join(worktree, path), content)
      if (mode !== undefined) chmodSync(join(worktree, path), mode)
    },
    remove: (path) => rmSync(join(worktree, path), { recursive: true }),
    capture: (options = {}, at = place(), files = nodeFiles) => {
      writeFileSync(gitLog, '')
      return captureCode(program, at, files, { ...DEFAULTS, ...options })
    },
    commands: () =>
      readFileSync(gitLog, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    fingerprint: () => fingerprintOf(worktree),
    dispose: () => rmSync(root, { recursive: true }),
  }
}

const DEFAULTS: CaptureOptions = {
  limitBytes: DEFAULT_SNAPSHOT_LIMIT_BYTES,
  allowSecrets: false,
  exclude: [],
  signatures: () => Promise.resolve(SIGNATURES),
  entropy: { randomBytes: (count) => new Uint8Array(count).fill(7) },
}

/** A git that notes its subcommand first, so that a test can count processes. */
function loggingGit(root: string, gitLog: string): GitProgram {
  const path = join(root, 'git')
  const script = [
    '#!/bin/sh',
    `for word in "$@"; do case "$word" in -c|*=*|-*) ;; *) echo "$word" >> '${gitLog}'; break;; esac; done`,
    `exec '${GIT}' "$@"`,
  ]
  writeFileSync(path, script.join('\n'), { mode: 0o755 })
  return { path, variables: { ...VARIABLES, GIT_OPTIONAL_LOCKS: '0' } }
}

function placeAt(git: (...args: readonly string[]) => string): RepositoryPlace {
  const bare = git('rev-parse', '--is-bare-repository') === 'true'
  return {
    ...(bare ? {} : { worktree: git('rev-parse', '--show-toplevel') }),
    gitDir: git('rev-parse', '--absolute-git-dir'),
    commonDir: git('rev-parse', '--path-format=absolute', '--git-common-dir'),
    bare,
    objectFormat: git('rev-parse', '--show-object-format') === 'sha256' ? 'sha256' : 'sha1',
    refFormat: 'files',
    shallow: false,
    alternates: false,
    partialClone: false,
  }
}

function fingerprintOf(root: string): readonly string[] {
  const lines: string[] = []
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      const shown = relative(root, path)
      const stat = lstatSync(path)
      if (/\.git\/(?:.*\/)?objects$|^\.git\/mlv$/.test(shown)) continue
      if (stat.isDirectory()) visit(path)
      else lines.push(`${shown} ${stat.mode} ${digestOf(path, stat.isSymbolicLink())}`)
    }
  }
  visit(root)
  return lines
}

function digestOf(path: string, isLink: boolean): string {
  return createHash('sha256')
    .update(isLink ? readlinkSync(path) : readFileSync(path))
    .digest('hex')
}
