/**
 * The code of runs on its way through bundles: what one takes along, and what one brought. Both are kept by one ref
 * that counts as that of a remote, so that code which came by a bundle is found like code that was fetched.
 */
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import { commitsNotOn, keeperOf, listSentCode } from '../../remote/code-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { CODE_REF } from '../../store/branch/transaction.ts'
import { codePush, keptSince, setRef, snapshotsOf } from './push-code.ts'
import type { Repository } from '../repository/repository.ts'
import { BUNDLED_RECORDS } from '../repository/share-state.ts'

/** The stand-in for a remote that all bundles are. */
export const BUNDLES = 'bundles'

/** Keeps the code of every bundle that was made or taken in here. */
export const BUNDLED_CODE = parseRefName(`refs/mlv/remotes/${BUNDLES}/code`)

/** Code for a bundle. */
export interface BundledCode {
  /** A commit that leads to all of it; `undefined` where none was recorded or `mlv.yaml` keeps it here. */
  readonly tip: Oid | undefined
  /** Commits of this clone that no bundle took along before. */
  readonly added: number
}

/** Gathers the code of this clone's runs, as `code.push` allows, and what this clone has of others. */
export async function codeForBundle(repository: Repository, remote: GitRemote): Promise<BundledCode> {
  const { engine } = repository.context
  const mode = await codePush(repository)
  if (mode === 'none') return { tip: undefined, added: 0 }
  const own = await engine.readRef(CODE_REF)
  const kept = own === undefined ? [] : await keptSince(repository, own, undefined)
  const before = await engine.readRef(BUNDLED_CODE)
  const added = mode === 'history' ? await commitsNotOn(remote, BUNDLES, kept) : await unsent(remote, kept)
  const commits = mode === 'history' ? added : await snapshotsOf(repository, remote, added)
  const others = (await engine.listRefs('refs/mlv/remotes/')).filter(({ ref }) => /[^/]\/code$/.test(ref))
  const tips = others.flatMap(({ ref, oid }) => (ref === BUNDLED_CODE ? [] : [oid]))
  return { tip: await keepCode(repository, remote, before, [...tips, ...commits]), added: added.length }
}

/** Keeps the code that a bundle brought, beside what is kept already. */
export async function takeBundledCode(repository: Repository, remote: GitRemote, code: Oid): Promise<void> {
  const before = await repository.context.engine.readRef(BUNDLED_CODE)
  if (before !== undefined && (await repository.context.engine.isAncestor(before, code))) {
    return setRef(remote, BUNDLED_CODE, code)
  }
  await keepCode(repository, remote, before, [code])
}

/** Remembers which records came by a bundle, unless a newer one told already. */
export async function rememberBundledRecords(
  { context: { engine } }: Repository,
  remote: GitRemote,
  records: Oid,
): Promise<void> {
  const before = await engine.readRef(BUNDLED_RECORDS)
  if (before === undefined || !(await engine.isAncestor(records, before))) {
    await setRef(remote, BUNDLED_RECORDS, records)
  }
}

/** Commits that nothing stands for yet. */
async function unsent(remote: GitRemote, commits: readonly Oid[]): Promise<readonly Oid[]> {
  const sent = new Set((await listSentCode(remote)).map(({ of }) => of))
  return commits.filter((commit) => !sent.has(commit))
}

async function keepCode(
  { context: { engine } }: Repository,
  remote: GitRemote,
  before: Oid | undefined,
  commits: readonly Oid[],
): Promise<Oid | undefined> {
  const further: Oid[] = []
  for (const commit of commits) {
    if (before === undefined || !(await engine.isAncestor(commit, before))) further.push(commit)
  }
  if (further.length === 0) return before
  const tip = await keeperOf(remote, before === undefined ? further : [before, ...further])
  await setRef(remote, BUNDLED_CODE, tip)
  return tip
}
