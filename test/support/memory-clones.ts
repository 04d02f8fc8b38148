/**
 * Clones and a remote without a disk or a git: objects in a map, refs in maps, and the replay that sharing uses. A push
 * is the compare-and-swap that a server makes; what a kill leaves is what was stored up to then.
 */
import { present } from '../../src/base/assert.ts'
import type { BranchSettings } from '../../src/domain/branch.ts'
import type { MergeNotice } from '../../src/domain/merge-notice.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { parseOperation } from '../../src/domain/operation-message.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import type { RefName } from '../../src/domain/ref-name.ts'
import { chainsOf } from '../../src/ops/share/integrate-remote.ts'
import type { Standing } from '../../src/ops/share/integrate-remote.ts'
import { planReplay } from '../../src/store/branch/replay.ts'
import { encodeCommit, parseCommit } from '../../src/store/git/commit-object.ts'
import type { Commit, Signature, TreeEdit, TreeEntry } from '../../src/store/git/engine.ts'
import { objectName } from '../../src/store/git/object-name.ts'
import type { GitObject } from '../../src/store/git/object-name.ts'
import { editTree } from '../../src/store/git/tree-edit.ts'
import { parseTree } from '../../src/store/git/tree-object.ts'

type Refs = Map<RefName, Oid>

/** Refs of a clone, and what it knows of the remote's. */
export interface MemoryClone {
  readonly name: string
  readonly local: Refs
  readonly tracking: Refs
  /** What its merges decided. */
  readonly notices: MergeNotice[]
  /** Milliseconds since the Unix epoch, as this machine has it. */
  nowMs: number
}

/** How far a pull or push gets before it is killed. */
export type KilledAt = 'fetched' | 'sent' | undefined

const MLV = parseRefName('refs/heads/mlv')
const RUNS = parseRefName('refs/heads/mlv-runs')

/** All clones share the objects, as if everything were always transferred; only refs tell what a clone knows. */
export class MemoryWorld {
  readonly objects = new Map<Oid, GitObject>()
  readonly remote: Refs = new Map()
  readonly settings: Pick<BranchSettings, 'areas'>
  readonly reader = {
    readTree: (oid: Oid): Promise<readonly TreeEntry[]> => Promise.resolve(this.entries(oid)),
    readBlob: (oid: Oid): Promise<Uint8Array> => Promise.resolve(this.object(oid).bytes),
  }

  constructor(layout: 'single' | 'split') {
    this.settings = { areas: { registry: MLV, records: layout === 'single' ? MLV : RUNS } }
  }

  /** Records first, as a push has them. */
  get refs(): readonly RefName[] {
    return [...new Set([this.settings.areas.records, this.settings.areas.registry])]
  }

  clone(name: string, nowMs: number): MemoryClone {
    return { name, nowMs, local: new Map(this.remote), tracking: new Map(this.remote), notices: [] }
  }

  commit(oid: Oid): Commit {
    return parseCommit(oid, this.object(oid).bytes)
  }

  entries(oid: Oid): readonly TreeEntry[] {
    const object = this.object(oid)
    return object.kind === 'commit' ? this.entries(parseCommit(oid, object.bytes).tree) : parseTree(oid, object.bytes)
  }

  /** The text at a path of a commit; `undefined` when there is none. */
  text(root: Oid | undefined, path: string): string | undefined {
    let oid = root
    for (const name of path.split('/')) {
      oid = oid === undefined ? undefined : this.entries(oid).find((entry) => entry.name === name)?.oid
    }
    return oid === undefined ? undefined : Buffer.from(this.object(oid).bytes).toString('utf8')
  }

  /** Names in a folder of a commit. */
  names(root: Oid | undefined, path: string): readonly string[] {
    let oid = root
    for (const name of path.split('/')) {
      oid = oid === undefined ? undefined : this.entries(oid).find((entry) => entry.name === name)?.oid
    }
    return oid === undefined ? [] : this.entries(oid).map(({ name }) => name)
  }

  /** Makes a commit; returns its name. */
  async add(
    parent: Oid | undefined,
    edits: readonly TreeEdit[],
    facts: { readonly message: string; readonly author: Signature; readonly nowMs: number },
  ): Promise<Oid> {
    const addObject = (oid: Oid, object: GitObject): void => void this.objects.set(oid, object)
    for (const edit of edits) {
      if (edit.kind === 'put')
        addObject(objectName({ kind: 'blob', bytes: edit.bytes }), { kind: 'blob', bytes: edit.bytes })
    }
    const base = parent === undefined ? undefined : this.commit(parent).tree
    const tree = await editTree(base, edits, { readTree: this.reader.readTree, addObject })
    const { message, author } = facts
    const committer = { ...author, atSeconds: Math.floor(facts.nowMs / 1000) }
    const bytes = encodeCommit({ tree, parents: parent === undefined ? [] : [parent], author, committer, message })
    const object: GitObject = { kind: 'commit', bytes }
    addObject(objectName(object), object)
    return objectName(object)
  }

  /** First-parent history, newest first. */
  history(tip: Oid | undefined): readonly Commit[] {
    const found: Commit[] = []
    for (let oid = tip; oid !== undefined; oid = found.at(-1)?.parents[0]) found.push(this.commit(oid))
    return found
  }

  async pull(clone: MemoryClone, killedAt?: KilledAt): Promise<void> {
    for (const [ref, oid] of this.remote) clone.tracking.set(ref, oid)
    if (killedAt === 'fetched') return
    await this.#integrate(clone)
  }

  /** Pushes until the remote has all; `between` is what others do after each fetch. */
  async push(clone: MemoryClone, killedAt?: KilledAt): Promise<void> {
    for (let tries = 0; tries < 10; tries += 1) {
      if (this.#send(clone, killedAt)) return
      await this.pull(clone)
      if (killedAt === 'fetched') return
    }
    throw new Error('a push that nobody disturbs did not end')
  }

  isAncestor(ancestor: Oid, tip: Oid): boolean {
    return this.history(tip).some(({ oid }) => oid === ancestor)
  }

  /** Records first; false when a ref has moved on. */
  #send(clone: MemoryClone, killedAt: KilledAt): boolean {
    for (const ref of this.refs) {
      const local = clone.local.get(ref)
      if (local === undefined || local === this.remote.get(ref)) continue
      const theirs = this.remote.get(ref)
      if (theirs !== undefined && !this.isAncestor(theirs, local)) return this.isAncestor(local, theirs)
      this.remote.set(ref, local)
      // The answer is lost: the remote has it, and this clone does not know.
      if (killedAt === 'sent') return true
      clone.tracking.set(ref, local)
    }
    return true
  }

  async #integrate(clone: MemoryClone): Promise<void> {
    const areas = this.refs.map((ref) => {
      const [local, remote] = [clone.local.get(ref), clone.tracking.get(ref)]
      return { ref, tracking: ref, local, remote, standing: this.#standing(local, remote) }
    })
    const replay = areas.some(({ standing }) => standing === 'diverged')
      ? await planReplay(
          this.reader,
          this.settings,
          areas.map(({ ref, local, remote }) => ({
            ref,
            onto: remote,
            commits: this.#beyond(local, remote),
            published: new Set(this.#beyond(remote, local).flatMap(({ message }) => parseOperation(message)?.id ?? [])),
          })),
        )
      : undefined
    clone.notices.push(...(replay?.notices ?? []))
    for (const { ref, base, commits } of chainsOf(areas, replay)) {
      let tip = base
      for (const commit of commits) tip = await this.add(tip, commit.edits, { ...commit, nowMs: clone.nowMs })
      clone.local.set(ref, present(tip, 'a chain to end somewhere'))
    }
  }

  /** Oldest first. */
  #beyond(tip: Oid | undefined, other: Oid | undefined): readonly Commit[] {
    const known = new Set(this.history(other).map(({ oid }) => oid))
    return [...this.history(tip)].filter(({ oid }) => !known.has(oid)).reverse()
  }

  #standing(local: Oid | undefined, remote: Oid | undefined): Standing {
    if (local === undefined || local === remote) return 'equal'
    if (remote === undefined || this.isAncestor(remote, local)) return 'ahead'
    return this.isAncestor(local, remote) ? 'behind' : 'diverged'
  }

  private object(oid: Oid): GitObject {
    return present(this.objects.get(oid), `object ${oid}`)
  }
}
