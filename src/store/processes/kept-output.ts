/**
 * What a command prints, kept in the run folder as it comes: the beginning in one file, the rest in pieces of which the
 * last two stay. However much is printed, the disk holds at most the limit; what was left out can be told from names.
 *
 * `stdout.log` is the beginning, `stdout.log.1`, `stdout.log.2`, ... are the pieces after it, all of one size but the
 * last.
 * A disk that fails ends the capture and nothing else.
 */
import { join } from 'node:path'
import type { Files, OpenFile } from '../files/files.ts'

/** A stream being kept. Calls must not overlap. */
export interface KeptOutput {
  /** Takes bytes; false from the moment on that they cannot be kept. */
  readonly take: (bytes: Uint8Array) => Promise<boolean>
  /** Makes what was taken durable. */
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Bytes of the beginning, and of each piece after it, for a limit. */
export function outputSizes(limitBytes: number): { readonly head: number; readonly piece: number } {
  const head = Math.max(1, Math.floor(limitBytes / 4))
  return { head, piece: Math.max(1, Math.floor((limitBytes - head) / 2)) }
}

/**
 * Starts or continues keeping a stream.
 *
 * @param onFailure called once when the disk refuses, with its reason
 */
export async function keepOutput(
  files: Files,
  path: string,
  options: { readonly limitBytes: number; readonly onFailure: (reason: string) => void },
): Promise<KeptOutput> {
  const pieces = await openPieces(files, path, outputSizes(options.limitBytes))
  let hasFailed = false
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    if (hasFailed) return false
    try {
      await work()
    } catch (error) {
      hasFailed = true
      options.onFailure(error instanceof Error ? error.message : String(error))
    }
    return !hasFailed
  }
  return {
    take: (bytes) => attempt(() => pieces.write(bytes)),
    sync: async () => {
      await attempt(pieces.sync)
    },
    close: () => pieces.close().catch(() => undefined),
  }
}

interface Pieces {
  readonly write: (bytes: Uint8Array) => Promise<void>
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

async function openPieces(files: Files, path: string, sizes: ReturnType<typeof outputSizes>): Promise<Pieces> {
  let piece = await newestPiece(files, path)
  let [file, room]: [OpenFile | undefined, number] = [undefined, 0]
  const open = async (): Promise<OpenFile> => {
    const name = pieceName(path, piece)
    const sizeBytes = (await files.stat(name))?.sizeBytes ?? 0
    room = Math.max(0, (piece === 0 ? sizes.head : sizes.piece) - sizeBytes)
    return files.open(name, 'append', PRIVATE)
  }
  const close = async (): Promise<void> => {
    const opened = file
    file = undefined
    await opened?.close()
  }
  const advance = async (): Promise<void> => {
    await close()
    piece += 1
    if (piece > KEPT_PIECES) await files.remove(pieceName(path, piece - KEPT_PIECES))
  }
  const write = async (bytes: Uint8Array): Promise<void> => {
    for (let rest = bytes; rest.length > 0;) {
      file ??= await open()
      const part = rest.subarray(0, room)
      await file.write(part)
      room -= part.length
      rest = rest.subarray(part.length)
      if (room === 0) await advance()
    }
  }
  return { write, close, sync: async () => file?.sync() }
}

/** A stream as it was kept. */
export interface KeptPieces {
  /** The file of the beginning, then those of the end; in order. */
  readonly head: string
  readonly tail: readonly string[]
  /** Bytes between the two that were not kept. */
  readonly omittedBytes: number
}

/** Finds what was kept of a stream; `undefined` when there is nothing. */
export async function findKeptOutput(files: Files, folder: string, name: string): Promise<KeptPieces | undefined> {
  const names = (await files.readFolder(folder)).map((entry) => entry.name)
  if (!names.includes(name)) return undefined
  const numbers = names.flatMap((found) => pieceNumber(name, found)).sort((left, right) => left - right)
  const kept = numbers.slice(-KEPT_PIECES)
  const firstKept = kept[0] ?? 1
  // Pieces before the first one kept were full; any full one tells their size.
  const full = firstKept === 1 ? undefined : await files.stat(join(folder, `${name}.${firstKept}`))
  return {
    head: join(folder, name),
    tail: kept.map((number) => join(folder, `${name}.${number}`)),
    omittedBytes: (firstKept - 1) * (full?.sizeBytes ?? 0),
  }
}

const KEPT_PIECES = 2
/** Output may hold what only its user may see. */
const PRIVATE = 0o600

function pieceName(path: string, piece: number): string {
  return piece === 0 ? path : `${path}.${piece}`
}

function pieceNumber(name: string, found: string): readonly number[] {
  const digits = found.startsWith(`${name}.`) ? found.slice(name.length + 1) : ''
  return /^[1-9]\d{0,12}$/.test(digits) ? [Number(digits)] : []
}

async function newestPiece(files: Files, path: string): Promise<number> {
  const at = path.lastIndexOf('/')
  const [folder, name] = [path.slice(0, at), path.slice(at + 1)]
  const numbers = (await files.readFolder(folder)).flatMap((entry) => pieceNumber(name, entry.name))
  return numbers.reduce((newest, number) => Math.max(newest, number), 0)
}
