/**
 * The only place that starts git. Commands are fixed templates; a user's value goes in only behind `--end-of-options`,
 * `--` or standard input. Configuration of a repository someone else made never runs a program of theirs.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { delimiter, isAbsolute, join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import { errnoOf } from '../files/disk-failure.ts'
import type { GitEnvironment } from './git-environment.ts'

/** A git program, found once. */
export interface GitProgram {
  /** Absolute. */
  readonly path: string
  /** The variables it is started with, the user's less those that name another repository. */
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** What to give a git command besides its arguments. */
export interface GitInput {
  /** Written to standard input, which is then closed. */
  readonly input?: Uint8Array | string
  readonly cwd?: string
  /** Variables over those of the program. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** How a git command ended. */
export interface GitResult {
  /** -1 when a signal ended it. */
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: string
}

/** Configuration that starts programs, switched off for every command (row C2). */
const HARMLESS = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.pager=cat']

/** Variables that would point a command at another repository than the one mlv probed (githooks(5) sets them). */
const REPOSITORY_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_QUARANTINE_PATH',
]

const FIXED_VARIABLES = {
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  // A replaced object would no longer match its name.
  GIT_NO_REPLACE_OBJECTS: '1',
  // CVE-2020-27955: Windows looks for programs in the current folder first.
  NoDefaultCurrentDirectoryInExePath: '1',
}

/** Finds git on the search path, never in the current folder; `undefined` when there is none. */
export async function findGit(files: Files, environment: GitEnvironment): Promise<GitProgram | undefined> {
  const { variables } = environment
  const names = variables['OS'] === 'Windows_NT' ? ['git.exe'] : ['git']
  const folders = (variables['PATH'] ?? variables['Path'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  for (const path of folders.flatMap((folder) => names.map((name) => join(folder, name)))) {
    const stat = await files.stat(path)
    if (stat?.kind === 'file' && (stat.mode & 0o111) !== 0) return { path, variables: variablesFor(variables) }
  }
  return undefined
}

/**
 * Runs a git command to its end.
 *
 * @throws `git-missing` when the program has gone; a non-zero exit is returned, not thrown.
 */
export async function runGit(git: GitProgram, args: readonly string[], input: GitInput = {}): Promise<GitResult> {
  const child = startGit(git, args, input)
  const ended = collectGit(child)
  child.stdin.end(input.input ?? '')
  return ended
}

/** Starts a git command and leaves its pipes to the caller. */
export function startGit(
  git: GitProgram,
  args: readonly string[],
  input: GitInput = {},
): ChildProcessWithoutNullStreams {
  const harmless = HARMLESS.flatMap((setting) => ['-c', setting])
  const child = spawn(git.path, ['--no-pager', ...harmless, ...args], {
    cwd: input.cwd,
    env: { ...git.variables, ...input.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  // A git that ended before it read everything is judged by its exit. One that cannot be written to would wait on.
  child.stdin.on('error', (error) => {
    if (errnoOf(error) !== 'EPIPE') child.kill()
  })
  return child
}

/** Gathers what a started command prints until it has ended. @throws `git-missing` */
export function collectGit(child: ChildProcessWithoutNullStreams): Promise<GitResult> {
  const stdout: Uint8Array[] = []
  const stderr: Uint8Array[] = []
  child.stdout.on('data', (chunk: Uint8Array) => void stdout.push(chunk))
  child.stderr.on('data', (chunk: Uint8Array) => void stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(errnoOf(error) === 'ENOENT' ? refuse('git-missing', { purpose: 'read this repository' }, error) : error)
    })
    child.once('close', (exitCode) => {
      const text = Buffer.concat(stderr).toString('utf8').trim()
      resolve({ exitCode: exitCode ?? -1, stdout: Buffer.concat(stdout), stderr: text })
    })
  })
}

/** Reads git's complaint as a refusal: the disk's own words where it repeats them, else `git-failed`. */
export function gitFailure(command: string, result: Pick<GitResult, 'exitCode' | 'stderr'>, path: string): Failure {
  const { exitCode, stderr } = result
  const cause = new Error(stderr)
  if (/No space left on device|Disk quota exceeded/.test(stderr)) return refuse('disk-full', { path }, cause)
  if (/Read-only file system/.test(stderr)) return refuse('repository-read-only', { folder: path }, cause)
  if (/Too many open files/.test(stderr)) return refuse('too-many-open-files', { path }, cause)
  if (/Input\/output error/.test(stderr)) {
    return refuse('disk-failed', { path, errno: 'EIO', operation: `git ${command}` }, cause)
  }
  if (/Permission denied|insufficient permission/.test(stderr)) {
    return refuse('permission-denied', { path, operation: `git ${command}` }, cause)
  }
  return refuse('git-failed', { command, exitCode, stderr: stderr.slice(0, 2000) }, cause)
}

/** Refuses a value that git could take for an option (row C1). @throws `argument-option-like` */
export function refuseOptionLike(argument: string, expected: string): void {
  if (argument.startsWith('-')) throw refuse('argument-option-like', { argument, expected })
}

function variablesFor(variables: GitEnvironment['variables']): GitProgram['variables'] {
  const kept = Object.entries(variables).filter(([name]) => !REPOSITORY_VARIABLES.includes(name))
  // `ext::` and `fd::` transports run what a URL says.
  const allowed = { GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh' }
  return { ...allowed, ...Object.fromEntries(kept), ...FIXED_VARIABLES }
}
