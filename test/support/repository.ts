/**
 * Git repositories for tests: real ones in temporary folders, with an identity, and ones in memory made of the few
 * files git needs. Stock git is the oracle for both.
 */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Volume } from 'memfs'
import { onTestFinished } from 'vitest'
import type { Files } from '../../src/store/files/files.ts'
import type { Signatures } from '../../src/store/git/engine.ts'
import type { RepositoryPlace } from '../../src/store/git/probe.ts'
import { memoryFiles } from './memory-files.ts'
import { runProgram } from './programs.ts'
import { fillFolder } from './templates.ts'

/** A repository and stock git to question it with. */
export interface TestRepository {
  readonly place: RepositoryPlace
  /** Runs stock git in the repository; returns what it printed, without the last newline. */
  readonly git: (...args: readonly string[]) => string
}

/** A repository in memory. Git sees a copy of it as it is at each call, so it can only look. */
export interface MemoryRepository extends TestRepository {
  readonly files: Files
  readonly volume: Volume
}

/** Who commits in tests, and when: 2026-11-20 09:00:00 UTC. */
export const SIGNATURES: Signatures = signaturesAt(1_795_165_200)

/** Signatures at a time in seconds since the Unix epoch. */
export function signaturesAt(atSeconds: number): Signatures {
  const ada = { name: 'Ada Example', email: 'ada@example.com', atSeconds, zone: '+0000' }
  return { author: ada, committer: ada }
}

/** Variables under which stock git behaves alike on every machine. */
export const GIT_VARIABLES: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  LC_ALL: 'C',
  TZ: 'UTC',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada Example',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Example',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

/** Makes an empty folder that goes away when the test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-test-')))
  onTestFinished(() => {
    // Git may still be writing when a test that raced it fails.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

/** Makes a real repository on branch `main`, without commits, that goes away when the test ends. */
export function makeRepository(...initArguments: readonly string[]): TestRepository {
  const folder = temporaryFolder()
  fillFolder(folder, ['repository', ...initArguments].join(' '), (at) => startRepository(at, initArguments))
  return repositoryAt(folder)
}

/** Starts a repository on branch `main` in an empty folder. */
export function startRepository(folder: string, initArguments: readonly string[] = []): void {
  runGit(folder, ['init', '--quiet', '--initial-branch=main', ...initArguments])
  // Git tidies up when it is told to, and never beside a test.
  for (const setting of [
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
  ])
    runGit(folder, ['config', ...setting])
}

/** The repository that is in a folder. */
export function repositoryAt(folder: string): TestRepository {
  return { place: placeOf(folder), git: (...args) => runGit(folder, args) }
}

/** Makes a repository in memory on branch `main`, without commits. */
export function makeMemoryRepository(): MemoryRepository {
  const volume = Volume.fromJSON({
    '/repository/.git/HEAD': 'ref: refs/heads/main\n',
    '/repository/.git/config': '[core]\n\trepositoryformatversion = 0\n\tbare = false\n',
    '/repository/.git/objects/pack': null,
    '/repository/.git/refs/heads': null,
  })
  const place = placeOf('/repository')
  return { place, files: memoryFiles(volume), volume, git: (...args) => runGitOnCopy(volume, place, args) }
}

/** Checks every object, ref and reflog with stock git. Returns its complaints; empty when there are none. */
export function fsck(repository: TestRepository): string {
  return repository.git('fsck', '--full', '--strict', '--no-dangling', '--no-progress')
}

/** Runs stock git in a folder; throws with what it said when it fails. */
export function runGit(folder: string, args: readonly string[]): string {
  const { status, stdout, stderr } = runProgram('git', args, { cwd: folder, env: GIT_VARIABLES })
  if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status ?? 'a signal'}: ${stderr.toString()}`)
  return stdout.toString('utf8').replace(/\n$/, '')
}

/** The place of a plain repository with a worktree. */
export function placeOf(worktree: string): RepositoryPlace {
  const gitDir = join(worktree, '.git')
  return {
    worktree,
    gitDir,
    commonDir: gitDir,
    bare: false,
    objectFormat: 'sha1',
    refFormat: 'files',
    shallow: false,
    alternates: false,
    partialClone: false,
  }
}

/** Copies a repository in memory to a real folder, and a real one to another. */
export function copyToDisk(volume: Volume, from: string, to: string): void {
  for (const [path, content] of Object.entries(volume.toJSON(from, {}, true, true))) {
    const target = join(to, path)
    if (content === null) {
      mkdirSync(target, { recursive: true })
      continue
    }
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
  }
}

/** Copies a real folder. */
export function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true })
}

function runGitOnCopy(volume: Volume, place: RepositoryPlace, args: readonly string[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-test-')))
  try {
    copyToDisk(volume, place.worktree ?? place.gitDir, folder)
    return runGit(folder, args)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
