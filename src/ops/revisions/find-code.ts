/**
 * Where the code of a run is in this clone: under its own name, or as what a remote keeps in its place.
 */
import type { CodeState } from '../../domain/code-state.ts'
import { isFailure } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { listSentCode, standsForExact } from '../../remote/code-transport.ts'
import type { SentCode } from '../../remote/code-transport.ts'
import type { Repository } from '../repository/repository.ts'

/** Code that was recorded. */
export type CommittedCode = Extract<CodeState, { readonly kind: 'commit' }>

/** Code that is whole in this clone. */
export interface CodeHere {
  /** The recorded commit, else the snapshot, else a commit with the same files and no history. */
  readonly commit: Oid
  /** The code with objects that are here: `exact` may be the commit that stands for the recorded one. */
  readonly code: CommittedCode
}

/** Looks for code; many questions share what is known of the remotes. */
export interface CodeFinder {
  /** Asks no remote; `undefined` for code that is not here, or not whole. @throws `object-damaged`, `tree-invalid` */
  readonly find: (code: CommittedCode) => Promise<CodeHere | undefined>
}

/** Makes a finder of the code that this clone has now; after a fetch another one is needed. */
export function codeFinder(repository: Repository): CodeFinder {
  let listed: Promise<readonly SentCode[]> | undefined
  const sent = (): Promise<readonly SentCode[]> => (listed ??= sentCode(repository))
  return { find: (code) => findCode(repository, code, sent) }
}

type ListSent = () => Promise<readonly SentCode[]>

async function findCode(repository: Repository, code: CommittedCode, sent: ListSent): Promise<CodeHere | undefined> {
  if (!(await hasTree(repository, code.tree))) return undefined
  const commit = await commitOf(repository, code, sent)
  if (commit === undefined) return undefined
  if (code.exact === undefined) return { commit, code }
  const exact = await exactOf(repository, code.exact, sent)
  return exact === undefined ? undefined : { commit, code: { ...code, exact } }
}

async function sentCode({ git, place }: Repository): Promise<readonly SentCode[]> {
  return git === undefined ? [] : listSentCode({ git, place })
}

/** A commit whose files are the recorded tree, whatever it says it is. */
async function commitOf(
  repository: Repository,
  { commit, snapshot, tree }: CommittedCode,
  sent: ListSent,
): Promise<Oid | undefined> {
  if (await hasTree(repository, commit)) return commit
  if (snapshot !== undefined && (await hasTree(repository, snapshot))) return snapshot
  return (await sent()).find((standing) => standing.tree === tree)?.commit
}

/** The record names this commit and not its tree, so what stands for it is only taken with the proof it carries. */
async function exactOf(repository: Repository, exact: Oid, sent: ListSent): Promise<Oid | undefined> {
  if (await hasTree(repository, exact)) return exact
  const { git, place } = repository
  if (git === undefined) return undefined
  for (const standing of await sent()) {
    if (standing.of === exact && (await standsForExact({ git, place }, standing))) return standing.commit
  }
  return undefined
}

/** Tells whether a tree, or a commit with its tree, is here. */
async function hasTree({ context }: Repository, oid: Oid): Promise<boolean> {
  try {
    await context.engine.readTree(oid)
    return true
  } catch (caught) {
    if (isFailure(caught, 'object-missing')) return false
    throw caught
  }
}
