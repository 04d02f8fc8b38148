/**
 * Every artifact that the records of a repository name: asked of git, over all refs and all of their history, because a
 * rollback or a checkout of the past needs the past.
 *
 * A repository is fetched whole into a folder of its own. Whatever looks like a digest in any list of files counts as
 * named: too much is kept rather than too little, and no format, however new, is misread.
 */
import { join } from 'node:path'
import { parseSha256 } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { SETTINGS_PATH } from '../../domain/tree-path.ts'
import type { Files } from '../../store/files/files.ts'
import { gitFailure, runGit } from '../../store/git/git-command.ts'
import type { GitProgram, GitResult } from '../../store/git/git-command.ts'
import { remoteWords } from '../git-progress.ts'
import type { PlaceKey } from '../keyed-place.ts'
import { parseRemoteUrl } from '../remote-url.ts'

/** What a repository is asked with. */
export interface RootsOptions {
  readonly git: GitProgram
  readonly files: Files
  /** The git folder of a clone, whose objects need not be fetched again. */
  readonly commonDir: string
  /** What people call the store, for refusals. */
  readonly store: string
  /** The user's variables: whether git may ask on the terminal is theirs to say. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The branch by whose first commit a repository is known. */
  readonly registry: RefName
}

/** A repository to ask. */
export interface AskedRepository {
  readonly url: string
  /** A commit that its registry branch goes back to; `undefined` for a remote of this clone, which no list names. */
  readonly identity: Oid | undefined
  /** Its entry in the list of a store. */
  readonly key: PlaceKey | undefined
}

const BATCH = 1000
const MOST_TRIES = 3
const DIGEST = /[0-9a-f]{64}/g
const CALM = ['gc.auto=0', 'maintenance.auto=false'].flatMap((setting) => ['-c', setting])

/**
 * Brings a bare copy of a repository up to date; it is made where it is absent.
 *
 * @throws `remote-url-invalid` for an address that git must not see, `store-repository-unread`
 */
export async function fetchRepository(options: RootsOptions, url: string, folder: string): Promise<void> {
  const { git, files, commonDir, store } = options
  const { text } = parseRemoteUrl(url)
  if ((await files.lstat(folder)) === undefined) {
    const format = await formatOf(git, commonDir)
    await must(git, ['init', '--quiet', '--bare', `--object-format=${format}`, '--', folder], folder)
    if (await isWhole(git, files, commonDir)) await borrow(files, folder, commonDir)
  }
  // What is gone since the first time counts all the same, so nothing is pruned.
  const how = ['--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--quiet']
  const fetch = ['fetch', ...how, '--end-of-options', text, '+refs/*:refs/all/*']
  const env = { GIT_TERMINAL_PROMPT: options.variables['GIT_TERMINAL_PROMPT'] }
  const ask = async (args: readonly string[]): Promise<readonly string[]> => {
    const result = await runGit(git, [`--git-dir=${folder}`, ...CALM, ...args], { env })
    if (result.exitCode !== 0) throw unread(store, url, wordsOf(result))
    return linesOf(result)
  }
  const there = ['ls-remote', '--refs', '--quiet', '--end-of-options', text]
  const here = ['for-each-ref', '--format=%(objectname)%09%(refname)', 'refs/all']
  // A fetch may leave out refs, those of a shallow repository above all, and end well. One may move meanwhile, too.
  for (let tries = 1; ; tries += 1) {
    await ask(fetch)
    const told = await ask(there)
    const fetched = new Set((await ask(here)).map((line) => line.replace('\trefs/all/', '\trefs/')))
    const [missing] = told.filter((line) => !fetched.has(line))
    if (missing === undefined) return
    if (tries === MOST_TRIES) throw unread(store, url, `git did not fetch all of it: ${missing.split('\t')[1] ?? ''}`)
  }
}

/**
 * Reads what a fetched repository names.
 *
 * @throws `store-repository-unread` when no branch of it holds records, or it has another beginning, because then it is
 * not what was listed
 */
export async function namedBy(
  options: RootsOptions,
  asked: AskedRepository,
  folder: string,
): Promise<ReadonlySet<Sha256>> {
  const { git, store } = options
  const { url } = asked
  if (!(await holdsRecords(git, folder))) throw unread(store, url, 'none of its branches holds records of mlv')
  if (!(await isListed(options, asked, folder))) {
    const problem = `at '${url}' there is another repository than the one that was listed`
    throw unread(store, asked.key ?? url, problem)
  }
  // Each version of each list that any commit brought in, side branches of merges included.
  const log = [
    'log',
    '--all',
    '--full-history',
    '--diff-merges=separate',
    '--root',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--format=',
  ]
  const told = await must(git, [`--git-dir=${folder}`, ...log, '--', ':(glob)**/files.yaml'], folder)
  const lists = new Set<string>()
  for (const line of told.split('\n')) {
    const [, mode = '', , oid = ''] = line.split(' ')
    if (mode.startsWith('100')) lists.add(oid)
  }
  const named = new Set<Sha256>()
  const all = [...lists]
  for (let at = 0; at < all.length; at += BATCH) await addNamed(git, folder, all.slice(at, at + BATCH), named)
  return named
}

/** Two machines may have a repository each at one path. Objects are borrowed: only what the branch reaches counts. */
async function isListed(
  { git, registry }: RootsOptions,
  { identity }: AskedRepository,
  folder: string,
): Promise<boolean> {
  if (identity === undefined) return true
  const branch = registry.replace('refs/', 'refs/all/')
  const args = [`--git-dir=${folder}`, 'merge-base', '--is-ancestor', '--end-of-options', identity, branch]
  return (await runGit(git, args)).exitCode === 0
}

async function addNamed(git: GitProgram, folder: string, oids: readonly string[], named: Set<Sha256>): Promise<void> {
  const input = oids.map((oid) => `${oid}\n`).join('')
  const result = await runGit(git, [`--git-dir=${folder}`, 'cat-file', '--batch'], { input })
  if (result.exitCode !== 0) throw gitFailure('cat-file', result, folder)
  const text = Buffer.from(result.stdout).toString('latin1')
  let at = 0
  for (const oid of oids) {
    const end = text.indexOf('\n', at)
    const [, kind, size] = text.slice(at, end).split(' ')
    if (kind !== 'blob' || size === undefined)
      throw gitFailure('cat-file', { exitCode: 1, stderr: `no ${oid}` }, folder)
    const content = text.slice(end + 1, end + 1 + Number(size))
    for (const [match] of content.matchAll(DIGEST)) {
      const sha256 = parseSha256(match)
      if (sha256 !== undefined) named.add(sha256)
    }
    at = end + Number(size) + 2
  }
}

async function holdsRecords(git: GitProgram, folder: string): Promise<boolean> {
  const refs = await must(git, [`--git-dir=${folder}`, 'for-each-ref', '--format=%(refname)'], folder)
  const names = refs.split('\n').filter((ref) => ref !== '')
  const input = names.map((ref) => `${ref}:${SETTINGS_PATH}\n`).join('')
  const found = await runGit(git, [`--git-dir=${folder}`, 'cat-file', '--batch-check=%(objecttype)'], { input })
  return Buffer.from(found.stdout).toString('latin1').split('\n').includes('blob')
}

/** Objects that the clone has are not sent again. A path that git's file of them cannot hold is done without. */
async function borrow(files: Files, folder: string, commonDir: string): Promise<void> {
  if (/[\n"#]/.test(commonDir)) return
  const file = await files.open(join(folder, 'objects', 'info', 'alternates'), 'create')
  try {
    await file.write(Buffer.from(`${join(commonDir, 'objects')}\n`))
  } finally {
    await file.close()
  }
}

/** A clone that lacks objects of its own history would make git believe that the copy has them. */
async function isWhole(git: GitProgram, files: Files, commonDir: string): Promise<boolean> {
  if ((await files.lstat(join(commonDir, 'shallow'))) !== undefined) return false
  const asked = await runGit(git, [`--git-dir=${commonDir}`, 'config', '--get-regexp', 'promisor|partialclone'])
  return asked.exitCode === 1
}

async function formatOf(git: GitProgram, commonDir: string): Promise<string> {
  const told = await must(git, [`--git-dir=${commonDir}`, 'rev-parse', '--show-object-format'], commonDir)
  return told.trim()
}

async function must(git: GitProgram, args: readonly string[], folder: string): Promise<string> {
  const result = await runGit(git, args)
  if (result.exitCode !== 0) throw gitFailure(args.find((arg) => /^[a-z]/.test(arg)) ?? 'git', result, folder)
  return Buffer.from(result.stdout).toString('utf8')
}

function linesOf(result: GitResult): readonly string[] {
  return Buffer.from(result.stdout)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
}

function unread(store: string, url: string, problem: string): Failure {
  return refuse('store-repository-unread', { store, url, problem })
}

function wordsOf(result: GitResult): string {
  const words = remoteWords(result.stderr)
  return words === '' ? `git ended with exit code ${result.exitCode}` : words
}
