/**
 * Brings the code of a run that this clone lacks from the remote its records came from. Nothing is asked of a remote
 * for code that is here.
 */
import { isFailure, refuse } from '../../domain/failure.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import { fetchRefs, listRemotes, trackingRef } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { CODE_REF } from '../../store/branch/transaction.ts'
import { usualRemote } from '../repository/artifact-store-access.ts'
import { codeFinder } from '../revisions/find-code.ts'
import type { CodeHere, CommittedCode } from '../revisions/find-code.ts'
import { requireGit } from '../repository/repository.ts'
import type { Repository } from '../repository/repository.ts'
import { moveOf, openRemote } from '../repository/share-state.ts'
import type { AreaMove } from '../repository/share-state.ts'

/** Code that is here now. */
export interface BroughtCode extends CodeHere {
  /** The remote it was fetched from just now; absent when it was here. */
  readonly fetchedFrom?: string
}

/**
 * Finds code here, else fetches what was sent of code, else the commit itself, which a branch of the remote may have.
 *
 * @throws `object-missing` when the remote has it neither way or there is none, `remote-unreachable`, `git-missing`
 */
export async function bringCode(repository: Repository, code: CommittedCode): Promise<BroughtCode> {
  const here = await codeFinder(repository).find(code)
  if (here !== undefined) return here
  const name = await remoteOfBranch(repository)
  if (name !== undefined) {
    const remote = await openRemote(repository, { remote: name })
    await fetchCode(repository, remote)
    const sent = await codeFinder(repository).find(code)
    if (sent !== undefined) return { ...sent, fetchedFrom: name }
    await fetchCommit(remote, code.commit)
    const published = await codeFinder(repository).find(code)
    if (published !== undefined) return { ...published, fetchedFrom: name }
  }
  throw refuse('object-missing', { what: 'code commit', id: code.exact ?? code.snapshot ?? code.commit })
}

/** Fetches all code that was sent to a remote; returns how its ref moved. @throws `remote-unreachable` */
export async function fetchCode(repository: Repository, remote: GitRemote): Promise<readonly AreaMove[]> {
  const tracking = parseRefName(`refs/mlv/remotes/${remote.name}/code`)
  const { engine } = repository.context
  const from = await engine.readRef(tracking)
  // A glob: an exact refspec fails where nobody sent code yet.
  await fetchRefs(remote, [`${CODE_REF}*:${tracking}*`])
  const to = await engine.readRef(tracking)
  return to === undefined || to === from ? [] : [await moveOf(remote, CODE_REF, from, to)]
}

/** Fetches one commit by its name. Servers refuse a name that they do not have, or that no branch leads to. */
async function fetchCommit(remote: GitRemote, commit: Oid): Promise<void> {
  try {
    await fetchRefs(remote, [commit])
  } catch (caught) {
    if (!isFailure(caught, 'remote-unreachable')) throw caught
  }
}

/** The usual remote when it has the branch, else one that has, else the usual one. */
async function remoteOfBranch(repository: Repository): Promise<string | undefined> {
  const usual = await usualRemote(repository)
  const names = await listRemotes(requireGit(repository, 'fetch the code of a run'), repository.place)
  const tracked: string[] = []
  for (const name of names) {
    const tip = await repository.context.engine.readRef(trackingRef(name, REGISTRY_REF))
    if (tip !== undefined) tracked.push(name)
  }
  return usual !== undefined && tracked.includes(usual) ? usual : (tracked[0] ?? usual)
}
