/**
 * The history of an area with what each commit changed and how it is signed, in one question to git.
 *
 * Configuration of the repository chooses no program that judges a signature: the usual ones are named.
 */
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { gitFailure, runGit } from '../git/git-command.ts'
import type { GitProgram } from '../git/git-command.ts'
import type { RepositoryPlace } from '../git/probe.ts'

/** A file that a commit changed, beside its first parent; a side is absent where the file is. */
export interface HistoryChange {
  readonly path: string
  readonly before: Oid | undefined
  readonly after: Oid | undefined
}

/** A commit and the paths asked for that it changed. */
export interface HistoryCommit {
  readonly oid: Oid
  /** None for the first commit, and for the last one a shallow clone has. */
  readonly parents: readonly Oid[]
  /** `Name <email>`. */
  readonly author: string
  /** Seconds since the Unix epoch, when it was committed. */
  readonly atSeconds: number
  /** As `git log --format=%G?` has it, but `E` for every signature that cannot be checked here. */
  readonly signature: string
  readonly message: string
  readonly changes: readonly HistoryChange[]
}

/** What each commit starts with, a NUL after each. */
const FIELDS = ['%H', '%P', '%an <%ae>', '%ct', '%G?', '%B']
const OPTIONS = [
  '-z',
  '--reverse',
  '--raw',
  '--root',
  '--no-abbrev',
  '--no-renames',
  '--no-color',
  '--no-show-signature',
  '--no-notes',
  '--encoding=UTF-8',
  `--format=${FIELDS.map((field) => `${field}%x00`).join('')}`,
]
/** Said in full: the user's configuration may choose otherwise, and leave merges out. */
const FIRST_PARENT = ['--first-parent', '--diff-merges=first-parent']
/** Beside every parent, and no side branch is passed over because another parent has the same. */
const EVERY_PARENT = ['--full-history', '--diff-merges=separate', '--diff-filter=DMT']
const VERIFIERS = ['gpg.program=gpg', 'gpg.openpgp.program=gpg', 'gpg.x509.program=gpgsm', 'gpg.ssh.program=ssh-keygen']
const NO_SIGNATURE = 'N'
const CANNOT_CHECK = 'E'
const RAW = /^\n?:\d{6} \d{6} ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*$/

interface HistoryPlace {
  readonly git: GitProgram
  readonly place: RepositoryPlace
}

/** Reads first-parent commits that change what git's pathspecs name, oldest first. @throws `git-failed` */
export async function readHistory(
  { git, place }: HistoryPlace,
  tip: Oid,
  pathspecs: readonly string[],
): Promise<readonly HistoryCommit[]> {
  const commits = await readLog({ git, place }, tip, [...FIRST_PARENT, '--', ...pathspecs])
  const signed = await signedCommits({ git, place }, commits)
  return commits.map((commit) => (signed.has(commit.oid) ? { ...commit, signature: CANNOT_CHECK } : commit))
}

/**
 * Reads where files that git's pathspecs name were edited or taken away, over all parents and oldest first; a merge is
 * there once for each parent that had them otherwise. Signatures are not told apart further.
 *
 * @throws `git-failed`
 */
export async function readEdits(
  place: HistoryPlace,
  tip: Oid,
  pathspecs: readonly string[],
): Promise<readonly HistoryCommit[]> {
  return readLog(place, tip, [...EVERY_PARENT, '--', ...pathspecs])
}

/** Commits without parents that a tip descends from; of a shallow clone, where it was cut off. @throws `git-failed` */
export async function readRoots({ git, place }: HistoryPlace, tip: Oid): Promise<readonly Oid[]> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'rev-list', '--max-parents=0', tip, '--'])
  if (result.exitCode !== 0) throw gitFailure('rev-list', result, place.gitDir)
  const lines = Buffer.from(result.stdout).toString('utf8').split('\n')
  return lines.flatMap((line) => parseOid(line) ?? [])
}

async function readLog(
  { git, place }: HistoryPlace,
  tip: Oid,
  choice: readonly string[],
): Promise<readonly HistoryCommit[]> {
  const settings = VERIFIERS.flatMap((setting) => ['-c', setting])
  const args = [`--git-dir=${place.gitDir}`, ...settings, 'log', ...OPTIONS, tip, ...choice]
  const result = await runGit(git, args)
  if (result.exitCode !== 0) throw gitFailure('log', result, place.gitDir)
  return parseHistory(Buffer.from(result.stdout).toString('utf8').split('\0'))
}

/** Git calls a commit unsigned when it lacks what it would check the signature with; whether there is one is asked. */
async function signedCommits(
  { git, place }: HistoryPlace,
  commits: readonly HistoryCommit[],
): Promise<ReadonlySet<Oid>> {
  const asked = commits.filter(({ signature }) => signature === NO_SIGNATURE).map(({ oid }) => oid)
  if (asked.length === 0) return new Set()
  const input = asked.map((oid) => `${oid}\n`).join('')
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'cat-file', '--batch'], { input })
  if (result.exitCode !== 0) throw gitFailure('cat-file', result, place.gitDir)
  const signed = new Set<Oid>()
  let bytes = Buffer.from(result.stdout)
  for (const oid of asked) {
    const line = bytes.subarray(0, bytes.indexOf('\n')).toString('utf8')
    const from = line.length + 1
    const end = from + Number(line.split(' ')[2])
    const header = bytes.subarray(from, end).toString('utf8').split('\n\n', 1)[0] ?? ''
    if (/^gpgsig(?:-sha256)? /m.test(header)) signed.add(oid)
    bytes = bytes.subarray(end + 1)
  }
  return signed
}

function parseHistory(tokens: readonly string[]): readonly HistoryCommit[] {
  const commits: HistoryCommit[] = []
  let at = 0
  while (at < tokens.length) {
    const oid = parseOid(tokens[at] ?? '')
    if (oid === undefined) {
      at += 1
      continue
    }
    const [parents = '', author = '', atSeconds = '', signature = '', message = ''] = tokens.slice(at + 1, at + 6)
    at += FIELDS.length
    if (tokens[at] === '') at += 1
    const changes: HistoryChange[] = []
    for (let raw = RAW.exec(tokens[at] ?? ''); raw !== null; raw = RAW.exec(tokens[at] ?? '')) {
      changes.push({ path: tokens[at + 1] ?? '', before: sideOf(raw[1]), after: sideOf(raw[2]) })
      at += 2
    }
    const known = parents.split(' ').flatMap((parent) => parseOid(parent) ?? [])
    commits.push({ oid, parents: known, author, atSeconds: Number(atSeconds), signature, message, changes })
  }
  return commits
}

function sideOf(text: string | undefined): Oid | undefined {
  return text === undefined || /^0+$/.test(text) ? undefined : parseOid(text)
}
