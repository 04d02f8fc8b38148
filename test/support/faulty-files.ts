/**
 * A disk that fails on the n-th call that would change it, or stops working there for good, as a killed process does.
 */
import type { Files, OpenFile } from '../../src/store/files/files.ts'
import { systemError } from './memory-files.ts'

/** How the n-th call goes wrong: a system error once, or a kill, after which no call works. */
export type Fault = 'EIO' | 'ENOSPC' | 'EROFS' | 'EMFILE' | 'kill'

/** Every fault. */
export const FAULTS: readonly Fault[] = ['EIO', 'ENOSPC', 'EROFS', 'EMFILE', 'kill']

/** What a process that was killed would not have lived to see. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** A disk with a fault in it. */
export interface FaultyFiles extends Files {
  /** The calls so far that would change the disk, in order: `rename <path>`. */
  readonly calls: readonly string[]
}

/** Counts the calls that would change the disk and fails none. */
export function countingFiles(files: Files): FaultyFiles {
  return faultyFiles(files, { at: 0, fault: 'EIO' })
}

/**
 * Fails the call number `at`, counting from 1: opens to create or append, writes, syncs, renames, links, removals,
 * new folders, modes and copies. A write that fails has written the first half of its bytes.
 */
export function faultyFiles(files: Files, plan: { readonly at: number; readonly fault: Fault }): FaultyFiles {
  const calls: string[] = []
  let killed = false
  const alive = <Args extends readonly unknown[], Result>(action: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (killed) throw new Killed('called after the kill')
      return await action(...args)
    }
  }
  const changes = async <Result>(call: string, path: string, action: () => Promise<Result>, torn = action) => {
    if (killed) throw new Killed('called after the kill')
    calls.push(`${call} ${path}`)
    if (calls.length !== plan.at) return await action()
    if (torn !== action) await torn()
    killed = plan.fault === 'kill'
    throw killed ? new Killed(`killed at ${call} ${path}`) : systemError(plan.fault, path)
  }
  const wrap = (path: string, file: OpenFile): OpenFile => ({
    read: alive(file.read),
    stat: alive(file.stat),
    write: (bytes) => {
      const half = async () => await file.write(bytes.subarray(0, bytes.length >> 1))
      return changes('write', path, () => file.write(bytes), half)
    },
    sync: () => changes('sync', path, file.sync),
    // A killed process closes its files too.
    close: file.close,
  })
  return {
    calls,
    open: async (path, mode, permissions) => {
      const open = async () => wrap(path, await files.open(path, mode, permissions))
      return mode === 'read' ? await alive(open)() : await changes(`open-${mode}`, path, open)
    },
    readFile: alive(files.readFile),
    stat: alive(files.stat),
    lstat: alive(files.lstat),
    readFolder: alive(files.readFolder),
    readLink: alive(files.readLink),
    realPath: alive(files.realPath),
    makeFolder: (path, permissions) => changes('makeFolder', path, () => files.makeFolder(path, permissions)),
    rename: (from, to) => changes('rename', to, () => files.rename(from, to)),
    link: (from, to) => changes('link', to, () => files.link(from, to)),
    makeSymlink: (target, path) => changes('makeSymlink', path, () => files.makeSymlink(target, path)),
    remove: (path) => changes('remove', path, () => files.remove(path)),
    removeFolder: (path) => changes('removeFolder', path, () => files.removeFolder(path)),
    setMode: (path, permissions) => changes('setMode', path, () => files.setMode(path, permissions)),
    setTimes: (path, atMs) => changes('setTimes', path, () => files.setTimes(path, atMs)),
    syncFolder: (path) => changes('syncFolder', path, () => files.syncFolder(path)),
    copy: (from, to) => changes('copy', to, () => files.copy(from, to)),
  }
}
