/**
 * The code of a run, put into a worktree of its own: byte for byte, submodules included where their objects are here.
 */
import { isAbsolute, join, resolve } from 'node:path'
import type { CodeState } from '../../domain/code-state.ts'
import { refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { rootPath } from '../../domain/tree-path.ts'
import type { Files } from '../files/files.ts'
import { readLinkedGitDir } from '../git/code-worktree.ts'
import type { TreeFile } from '../git/engine.ts'
import { gitFailure, runGit } from '../git/git-command.ts'
import type { GitProgram } from '../git/git-command.ts'
import { openObjectBatch } from '../git/object-batch.ts'
import { objectQueries } from '../git/object-queries.ts'
import type { ObjectQueries } from '../git/object-queries.ts'
import type { RepositoryPlace } from '../git/probe.ts'
import { openSystemReader } from '../git/system-reader.ts'
import { decodeForms, FORMS_FILE, RAW_FOLDER } from './code-forms.ts'
import type { CodeForms } from './code-forms.ts'
import { readTextIfAny } from '../inputs/input-text.ts'
import { restoreTree } from './restore-tree.ts'

/** What stands in the folder now. */
export interface RestoredCode {
  readonly fileCount: number
  /** Submodules, by path; `restored` when their files could be written too. */
  readonly submodules: readonly { readonly path: string; readonly commit: Oid; readonly restored: boolean }[]
  /** Files that are not byte for byte what they were, one sentence each; empty when all are. */
  readonly told: readonly string[]
}

/** Where the code comes from and goes to. */
export interface RestoreRequest {
  readonly git: GitProgram
  readonly place: RepositoryPlace
  readonly files: Files
  readonly objects: ObjectQueries
  /** An empty linked worktree, absolute. */
  readonly folder: string
}

type CommittedCode = Extract<CodeState, { readonly kind: 'commit' }>

const NO_FORMS: CodeForms = { crlf: [], lfs: [], filtered: new Map() }
const DEPTH_LIMIT = 8
const GIT_FILE_LIMIT_BYTES = 16 * 1024

/**
 * Writes the code into an empty linked worktree.
 *
 * @throws `object-missing` when an object is not in this clone, `tree-invalid`, `git-failed`, and the disk's errors
 */
export async function restoreCode(request: RestoreRequest, code: CommittedCode): Promise<RestoredCode> {
  const { objects, files, folder, place, git } = request
  const exact = code.exact === undefined ? undefined : await readExact(objects, code.exact)
  const gitDir = await readLinkedGitDir(files, folder)
  const restored = await restoreTree(files, objects, {
    tree: code.tree,
    forms: exact?.forms ?? NO_FORMS,
    raw: exact?.raw ?? new Map(),
    folder,
    commonDir: place.commonDir,
    smudge: (path, blob) => smudge(git, { gitDir, folder }, path, blob),
  })
  const told = [...restored.inexact]
  const submodules = []
  for (const entry of restored.submodules) {
    const source = place.worktree === undefined ? undefined : join(place.worktree, entry.path)
    const modules = join(place.commonDir, 'modules', entry.path)
    const below = { entry, source, modules, target: join(folder, entry.path), depth: 1 }
    const isRestored = await restoreSubmodule(request, below, told)
    submodules.push({ path: entry.path, commit: entry.oid, restored: isRestored })
  }
  return { fileCount: restored.fileCount, submodules, told }
}

async function readExact(
  objects: ObjectQueries,
  exact: Oid,
): Promise<{ readonly forms: CodeForms; readonly raw: ReadonlyMap<string, Oid> }> {
  const entry = await objects.entryAt(exact, rootPath(FORMS_FILE))
  if (entry === undefined) throw refuse('object-missing', { what: FORMS_FILE, id: exact })
  const forms = decodeForms(await objects.readBlob(entry.oid), FORMS_FILE)
  const raw = await objects.listFiles(exact, rootPath(RAW_FOLDER))
  return { forms, raw: new Map(raw.map(({ path, oid }) => [path, oid])) }
}

/** A submodule on its way out of the repository it lives in. */
interface Submodule {
  readonly entry: TreeFile
  /** The submodule in the user's worktree, where there may be one. */
  readonly source: string | undefined
  /** Where git keeps its repository when the user's worktree has none. */
  readonly modules: string
  readonly target: string
  readonly depth: number
}

/**
 * Writes the files of a submodule as git stores them; only reads its repository. Without a `.git` of its own it is what
 * git calls not initialized, so nothing done in the new worktree reaches the user's submodule.
 */
async function restoreSubmodule(request: RestoreRequest, submodule: Submodule, told: string[]): Promise<boolean> {
  const { git, files, place } = request
  const { entry, source, modules, target, depth } = submodule
  const gitDir = (source === undefined ? undefined : await gitDirOf(files, source)) ?? modules
  const isHere = (await files.stat(join(gitDir, 'objects')))?.kind === 'folder' && depth <= DEPTH_LIMIT
  const known = isHere ? await runGit(git, [`--git-dir=${gitDir}`, 'cat-file', '-e', `${entry.oid}^{tree}`]) : undefined
  if (known?.exitCode !== 0) {
    told.push(`${entry.path}: submodule commit ${entry.oid} is not in this clone`)
    return false
  }
  const batch = openObjectBatch(git, gitDir)
  try {
    const reader = openSystemReader(batch, { git, place: { ...place, gitDir, commonDir: gitDir }, files })
    const smudgeNothing = () => Promise.resolve(new Uint8Array())
    const plan = { tree: entry.oid, forms: NO_FORMS, raw: new Map(), folder: target, commonDir: gitDir }
    const restored = await restoreTree(files, objectQueries(reader), { ...plan, smudge: smudgeNothing })
    told.push(...restored.inexact.map((sentence) => `${entry.path}/${sentence}`))
    for (const inner of restored.submodules) {
      const path = inner.path
      await restoreSubmodule(
        request,
        {
          entry: { ...inner, path: `${entry.path}/${path}` },
          source: source === undefined ? undefined : join(source, path),
          modules: join(gitDir, 'modules', path),
          target: join(target, path),
          depth: depth + 1,
        },
        told,
      )
    }
    return true
  } finally {
    await batch.close()
  }
}

/** The git folder of a worktree, by its `.git` folder or file; `undefined` when it has neither. */
async function gitDirOf(files: Files, worktree: string): Promise<string | undefined> {
  const path = join(worktree, '.git')
  if ((await files.stat(path))?.kind === 'folder') return path
  const named = /^gitdir: (.+?)\r?\n?$/.exec((await readTextIfAny(files, path, GIT_FILE_LIMIT_BYTES)) ?? '')?.[1]
  if (named === undefined) return undefined
  return isAbsolute(named) ? named : resolve(worktree, named)
}

async function smudge(
  git: GitProgram,
  { gitDir, folder }: { readonly gitDir: string; readonly folder: string },
  path: string,
  blob: Oid,
): Promise<Uint8Array> {
  const args = [`--git-dir=${gitDir}`, `--work-tree=${folder}`, 'cat-file', '--filters', `--path=${path}`, blob]
  const result = await runGit(git, args, { cwd: folder })
  if (result.exitCode !== 0) throw gitFailure('cat-file --filters', result, folder)
  return result.stdout
}
