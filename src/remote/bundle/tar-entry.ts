/**
 * One entry of a tar file, read as strictly as can be: only a header that `tarHeader` would have written counts.
 */
import { TAR_BLOCK_BYTES, tarHeader, tarPadding } from '../../base/tar-header.ts'
import { printable } from '../../base/printable.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import type { OpenFile } from '../../store/files/files.ts'

/** A tar file that is open. */
export interface TarSource {
  readonly file: OpenFile
  readonly path: string
  readonly sizeBytes: number
}

/** An entry that was found; its bytes begin at `start`. */
export interface FoundEntry {
  readonly path: string
  readonly start: number
  readonly sizeBytes: number
}

/** An extended header says nothing but a size. */
const MOST_EXTENDED_BYTES = 64
const SIZE_RECORD = /^[0-9]{1,2} size=([1-9][0-9]{0,15})\n$/

const KINDS: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '5': 'a folder',
  '6': 'a named pipe',
}

/** Reads the entry whose header is at `at`; `undefined` at the end of the archive. @throws `bundle-invalid` */
export async function readTarEntry(source: TarSource, at: number): Promise<FoundEntry | undefined> {
  const first = await readBytes(source, at, TAR_BLOCK_BYTES)
  if (first.every((byte) => byte === 0)) return undefined
  const { header, sizeBytes } = await wholeHeader(source, at, first)
  const name = textAt(header, header.length - TAR_BLOCK_BYTES, 100)
  const kind = KINDS[textAt(header, header.length - TAR_BLOCK_BYTES + 156, 1)]
  if (kind !== undefined) throw invalid(source, `'${printable(name)}' is ${kind}, and a bundle has none`)
  const made = sizeBytes === undefined ? undefined : tarHeader({ path: name, sizeBytes })
  if (sizeBytes === undefined || made === undefined || !isEqual(made, header)) {
    throw invalid(source, `the header at byte ${at} is damaged, or mlv did not write it`)
  }
  const start = at + header.length
  if (sizeBytes > source.sizeBytes - start) throw invalid(source, `'${printable(name)}' is cut off`)
  return { path: name, start, sizeBytes }
}

/** A header with the extended one before it, where there is one, and the size the two say. */
async function wholeHeader(
  source: TarSource,
  at: number,
  first: Uint8Array,
): Promise<{ readonly header: Uint8Array; readonly sizeBytes: number | undefined }> {
  const said = octalAt(first, 124)
  if (textAt(first, 156, 1) !== 'x') return { header: first, sizeBytes: said }
  if (said === undefined || said > MOST_EXTENDED_BYTES) {
    throw invalid(source, `the header at byte ${at} is longer than any of a bundle`)
  }
  const length = TAR_BLOCK_BYTES + said + tarPadding(said) + TAR_BLOCK_BYTES
  const header = await readBytes(source, at, length)
  const record = SIZE_RECORD.exec(Buffer.from(header.subarray(TAR_BLOCK_BYTES, TAR_BLOCK_BYTES + said)).toString())
  const sizeBytes = record === null ? undefined : Number(record[1])
  return { header, sizeBytes: Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined }
}

async function readBytes(source: TarSource, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const count = await source.file.read(bytes, at)
  if (count < length) throw invalid(source, 'it is cut off')
  return bytes
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = Buffer.from(bytes.subarray(at, at + length))
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString('latin1')
}

function octalAt(bytes: Uint8Array, at: number): number | undefined {
  const text = textAt(bytes, at, 12)
  return /^[0-7]{11}$/.test(text) ? Number.parseInt(text, 8) : undefined
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

function invalid({ path }: TarSource, problem: string): Failure {
  return refuse('bundle-invalid', { file: path, problem })
}
