/**
 * Zstandard (RFC 8878): Node's own where it has one (22.15 and later), else a build in WebAssembly, loaded when first
 * asked for.
 *
 * Law: what is decompressed is attacker's input. No more memory is taken than the caller says the result has.
 */
import * as zlib from 'node:zlib'

/** Compresses and restores one frame at a time. */
export interface Zstd {
  /** Makes one frame that tells its content's size. */
  readonly compress: (bytes: Uint8Array) => Uint8Array
  /** Restores a frame; `undefined` when it is damaged or holds other than `sizeBytes`. */
  readonly decompress: (frame: Uint8Array, sizeBytes: number) => Uint8Array | undefined
}

/** What Node 22.15 added; the types are those of Node 20. */
type NodeZlib = Pick<typeof zlib, 'constants'> & {
  readonly zstdCompressSync?: (bytes: Uint8Array, options: object) => Uint8Array
  readonly zstdDecompressSync?: (frame: Uint8Array, options: object) => Uint8Array
}

/** Level 3, zstd's own default, and what every figure of docs/stores.md was taken with. */
const LEVEL = 3
/** `ZSTD_c_compressionLevel` of zstd.h. */
const COMPRESSION_LEVEL = 100
const MAGIC = 0xfd2fb528
const WITHOUT_SIZE = -1

let opened: Promise<Zstd> | undefined

/** Opens the codec; the same one each time. */
export function openZstd(): Promise<Zstd> {
  opened ??= nodeZstd(zlib) ?? webAssemblyZstd()
  return opened
}

function nodeZstd({ zstdCompressSync, zstdDecompressSync }: NodeZlib): Promise<Zstd> | undefined {
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return undefined
  return Promise.resolve({
    compress: (bytes) =>
      zstdCompressSync(bytes, { params: { [COMPRESSION_LEVEL]: LEVEL }, pledgedSrcSize: bytes.length }),
    decompress: (frame, sizeBytes) =>
      checked(frame, sizeBytes, () => zstdDecompressSync(frame, { maxOutputLength: sizeBytes })),
  })
}

/** The build in WebAssembly, for a Node without its own. */
export async function webAssemblyZstd(): Promise<Zstd> {
  const { init, compress, decompress } = await import('@bokuweb/zstd-wasm')
  await init()
  return {
    compress: (bytes) => compress(bytes, LEVEL),
    decompress: (frame, sizeBytes) =>
      checked(frame, sizeBytes, () => decompress(frame, { defaultHeapSize: sizeBytes })),
  }
}

/** The size that a frame declares is looked at before anyone allocates by it. */
function checked(frame: Uint8Array, sizeBytes: number, restore: () => Uint8Array): Uint8Array | undefined {
  const declared = contentBytes(frame)
  if (declared === undefined || (declared !== WITHOUT_SIZE && declared !== sizeBytes)) return undefined
  try {
    const bytes = restore()
    return bytes.length === sizeBytes ? bytes : undefined
  } catch {
    // Both builds throw errors without a class for whatever is wrong with a frame.
    return undefined
  }
}

/** What a frame declares to hold (RFC 8878, 3.1.1.1); -1 when it does not, `undefined` for what is no frame. */
function contentBytes(frame: Uint8Array): number | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < 6 || view.getUint32(0, true) !== MAGIC) return undefined
  const descriptor = view.getUint8(4)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const idBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const at = 5 + (isSingleSegment ? 0 : 1) + idBytes
  const flag = descriptor >>> 6
  if (flag === 0 && !isSingleSegment) return WITHOUT_SIZE
  const length = [1, 2, 4, 8][flag] ?? 8
  if (at + length > frame.length) return undefined
  if (length === 1) return view.getUint8(at)
  if (length === 2) return view.getUint16(at, true) + 256
  return length === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true))
}
