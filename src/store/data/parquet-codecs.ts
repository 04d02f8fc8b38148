/**
 * Compressed pages of Parquet as they were.
 *
 * Law: no more bytes are made than the page says it has, and how many that may be is for the caller to bound.
 */
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { unlz4, unsnap } from './block-codecs.ts'
import { damaged, ParquetProblem } from './parquet-problem.ts'

/** Restores so many bytes; the codec is CompressionCodec of parquet.thrift. @throws `ParquetProblem` */
export type Decompress = (codec: number, bytes: Uint8Array, sizeBytes: number) => Uint8Array

/** Restores a frame of Zstandard; `undefined` when it is damaged or has not so many bytes. */
export type ZstdDecompress = (frame: Uint8Array, sizeBytes: number) => Uint8Array | undefined

const NAMES = ['uncompressed', 'snappy', 'gzip', 'LZO', 'brotli', 'framed LZ4', 'zstd', 'LZ4']
const [UNCOMPRESSED, SNAPPY, GZIP, BROTLI, ZSTD, LZ4_RAW] = [0, 1, 2, 4, 6, 7]

/** Opens the codecs that are read. */
export function parquetCodecs(zstd: ZstdDecompress): Decompress {
  const restored = (codec: number, bytes: Uint8Array, sizeBytes: number): Uint8Array | undefined => {
    const options = { maxOutputLength: Math.max(1, sizeBytes) }
    switch (codec) {
      case UNCOMPRESSED:
        return bytes
      case SNAPPY:
        return unsnap(bytes, sizeBytes)
      case GZIP:
        return gunzipSync(bytes, options)
      case BROTLI:
        return brotliDecompressSync(bytes, options)
      case ZSTD:
        return zstd(bytes, sizeBytes)
      case LZ4_RAW:
        return unlz4(bytes, sizeBytes)
      default:
        throw new ParquetProblem(`${NAMES[codec] ?? 'such'} compression is not read`)
    }
  }
  return (codec, bytes, sizeBytes) => {
    if (sizeBytes === 0) return new Uint8Array(0)
    const page = unlessDamaged(() => restored(codec, bytes, sizeBytes))
    if (page?.length !== sizeBytes) throw damaged('a page has not the length it says')
    return page
  }
}

/** What is wrong with compressed bytes is told by errors without a class. */
function unlessDamaged(work: () => Uint8Array | undefined): Uint8Array | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof ParquetProblem) throw error
    return undefined
  }
}
