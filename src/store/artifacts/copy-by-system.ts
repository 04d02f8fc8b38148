/**
 * Lets the operating system copy a file, several times faster than a program can, and digests the copy while it grows.
 * What is digested is what was written, and the source is read once.
 *
 * Only for file systems of which it is known that a copy under way never shows bytes it does not have yet.
 */
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { errnoOf } from '../files/disk-failure.ts'
import type { Files, OpenFile } from '../files/files.ts'
import type { Copy } from './clone-file.ts'
import { hashWhileCopying } from './hash-while-copying.ts'
import type { HashedBytes, HashOptions } from './hash-while-copying.ts'

/** File systems that Linux itself writes, by statfs(2): there a size grows only when the bytes are in place. */
const GROWING_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
  0x01021994, // tmpfs
])

const PAUSE_MS = 1

/** Tells whether a new file at a path shows, while the system copies to it, only bytes that it has. */
export async function growsInOrder(path: string): Promise<boolean> {
  try {
    return GROWING_FILE_SYSTEMS.has((await statfs(dirname(path))).type)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return false
  }
}

/** Copies a file to a new name and digests the copy. The target is left to the caller, also after a failure. */
export async function copyBySystem(
  files: Files,
  copy: Copy & { readonly durable: boolean },
  options: Pick<HashOptions, 'expectedBytes' | 'observe'>,
): Promise<HashedBytes> {
  const copying = new SystemCopy(files, copy)
  try {
    const target = await copying.open()
    try {
      const finishing = copying.finish(target)
      const hashing = hashWhileCopying({ ...target, read: (buffer, at) => copying.read(target, buffer, at) }, options)
      await Promise.allSettled([finishing, hashing])
      await finishing
      return await hashing
    } finally {
      await target.close()
    }
  } finally {
    await copying.settle()
  }
}

/** Lives as long as one copy is under way and read behind. */
class SystemCopy {
  readonly #files: Files
  readonly #copy: Copy & { readonly durable: boolean }
  readonly #copying: Promise<void>
  #isWhole = false

  constructor(files: Files, copy: Copy & { readonly durable: boolean }) {
    this.#files = files
    this.#copy = copy
    this.#copying = files.copy(copy.source, copy.target).then(() => {
      this.#isWhole = true
    })
    // Asked for again wherever it matters; until then a failure must not count as unheard.
    this.#copying.catch(() => undefined)
  }

  /** Opens the copy as soon as there is one. */
  async open(): Promise<OpenFile> {
    for (;;) {
      const wasWhole = this.#isWhole
      try {
        return await this.#files.open(this.#copy.target, 'read')
      } catch (error) {
        if (wasWhole || errnoOf(error) !== 'ENOENT') throw error
        await this.#progress()
      }
    }
  }

  /** Reads what is there; nothing is the end only when the copy was whole before it was asked. */
  async read(target: OpenFile, buffer: Uint8Array, position: number): Promise<number> {
    for (;;) {
      const wasWhole = this.#isWhole
      const count = await target.read(buffer, position)
      if (count > 0 || wasWhole) return count
      await this.#progress()
    }
  }

  /** Ends the copy: with its own permissions, and durable if it must be. */
  async finish(target: OpenFile): Promise<void> {
    await this.#copying
    await this.#files.setMode(this.#copy.target, this.#copy.permissions)
    if (this.#copy.durable) await target.sync()
  }

  /** Waits until the system has let go of both files; never fails. */
  async settle(): Promise<void> {
    await this.#copying.catch(() => undefined)
  }

  /** Gives the copy a moment. @throws what the copy failed with */
  async #progress(): Promise<void> {
    await Promise.race([this.#copying, wait(PAUSE_MS)])
  }
}
