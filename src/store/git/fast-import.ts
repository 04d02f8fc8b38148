/**
 * A running git-fast-import(1). Its pack carries a `.keep` from before it has a name until the process ends, so no
 * `git gc` removes it between the import and the moment a branch leads to it.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { RefUpdate, Signatures } from './engine.ts'
import { checkpointCommands, commitCommands, strayBlobCommands } from './fast-import-stream.ts'
import { collectGit, startGit } from './git-command.ts'
import type { GitProgram, GitResult } from './git-command.ts'
import type { RepositoryPlace } from './probe.ts'

/** One import. Call `commit` once, then `finish`, or `abandon` at any time. */
export interface FastImport {
  /** Absent when the program could not be started. */
  readonly processId: number | undefined
  /**
   * Writes one commit an update, each on its own temporary ref, and returns once all is synced to disk.
   * The names come in the order of the updates; `undefined` when git gave up, which `finish` then tells.
   *
   * @param stray content of one more object, so that the pack is like none that was made of the same commits before.
   */
  readonly commit: (
    updates: readonly RefUpdate[],
    branches: readonly RefName[],
    signatures: Signatures,
    stray?: string,
  ) => Promise<readonly Oid[] | undefined>
  /** Lets git drop the `.keep` and end. */
  readonly finish: () => Promise<GitResult>
  /** Ends it without more ado. Returns what it complained of, also when it had ended before. */
  readonly abandon: () => Promise<string>
}

/**
 * `unpackLimit=0`: a pack, never loose objects, which a `git gc --prune=now` beside us would remove. The temporary refs
 * are not synced and have no reflog: after power loss nothing was acknowledged.
 */
const SETTINGS = [
  'fastimport.unpackLimit=0',
  'core.fsync=objects,pack-metadata',
  'core.fsyncMethod=fsync',
  'core.logAllRefUpdates=false',
].flatMap((setting) => ['-c', setting])

/** Starts git-fast-import, which waits for its input. */
export function startFastImport(git: GitProgram, place: RepositoryPlace): FastImport {
  const command = [`--git-dir=${place.commonDir}`, ...SETTINGS, 'fast-import', '--quiet', '--done']
  // Not the folder mlv was started in: that may be removed while it runs.
  const child = startGit(git, command, { cwd: place.commonDir })
  const ended = collectGit(child)
  // Whoever waits for the end is told; until then a failed start must not end mlv.
  ended.catch(() => undefined)
  return {
    processId: child.pid,
    commit: async (updates, branches, signatures, stray) => {
      const names = readLines(child, updates.length)
      for (const chunk of streamOf(updates, branches, signatures, stray)) {
        // A pipe that breaks means that git has given up: its exit says why.
        if (!child.stdin.write(chunk)) await Promise.race([once(child.stdin, 'drain').catch(() => ended), ended])
      }
      return await Promise.race([names, ended.then(() => undefined)])
    },
    finish: () => {
      child.stdin.end('done\n')
      return ended
    },
    abandon: async () => {
      // Without `done` it gives up and removes its temporary pack; a signal would leave that behind.
      child.stdin.end()
      return await ended.then(({ stderr }) => stderr).catch(() => '')
    },
  }
}

function* streamOf(
  updates: readonly RefUpdate[],
  branches: readonly RefName[],
  signatures: Signatures,
  stray: string | undefined,
): Generator<Uint8Array> {
  if (stray !== undefined) yield* strayBlobCommands(stray)
  for (const [index, update] of updates.entries()) {
    const branch = branches[index]
    if (branch !== undefined) yield* commitCommands(branch, update, { mark: index + 1, signatures })
  }
  yield checkpointCommands(updates.length)
}

/** Reads one object name a line; resolves when there are enough. */
function readLines(child: ChildProcessWithoutNullStreams, count: number): Promise<readonly Oid[]> {
  let text = ''
  return new Promise((resolve) => {
    child.stdout.on('data', (chunk: Uint8Array) => {
      text += Buffer.from(chunk).toString('latin1')
      const oids = text.split('\n').slice(0, -1).map(parseOid)
      if (oids.length === count) resolve(oids.filter((oid) => oid !== undefined))
    })
  })
}
