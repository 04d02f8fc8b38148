/**
 * Headers of tar files as POSIX has them (pax, IEEE 1003.1-2017): regular files only, and nothing of the machine that
 * wrote them, so that equal content is equal bytes and any `tar` gives it back.
 *
 * A path or size that the old form of the header has no room for stands in an extended header before it.
 */

/** One file of an archive. */
export interface TarEntry {
  /** Relative, parts separated by `/`. */
  readonly path: string
  readonly sizeBytes: number
}

/** Everything in a tar file is a multiple of this long. */
export const TAR_BLOCK_BYTES = 512

/** What a tar file ends with: two empty blocks. */
export const TAR_END: Uint8Array = new Uint8Array(2 * TAR_BLOCK_BYTES)

/** The most that eleven octal digits say. */
const MOST_BYTES = 8 ** 11 - 1
const NAME_BYTES = 100
const PRINTABLE = /^[ -~]*$/

/** The header of a file: one block, or three and more when its path or size needs an extended header. */
export function tarHeader({ path, sizeBytes }: TarEntry): Uint8Array {
  const fits = hasRoom(path)
  const extended = extendedRecords({ path, sizeBytes })
  // What old programs that know no extended headers would unpack it as.
  const name = fits ? path : plainName(path)
  const file = block(name, sizeBytes > MOST_BYTES ? 0 : sizeBytes, '0')
  if (extended === undefined) return file
  const padding = new Uint8Array(tarPadding(extended.length))
  return joined([block('PaxHeaders/mlv', extended.length, 'x'), extended, padding, file])
}

/** How many zero bytes come after a file of this size. */
export function tarPadding(sizeBytes: number): number {
  return (TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES
}

/** What of an archive one file takes: header, bytes and padding. */
export function tarEntryBytes(entry: TarEntry): number {
  const recordBytes = extendedRecords(entry)?.length
  const extendedBytes = recordBytes === undefined ? 0 : TAR_BLOCK_BYTES + recordBytes + tarPadding(recordBytes)
  return extendedBytes + TAR_BLOCK_BYTES + entry.sizeBytes + tarPadding(entry.sizeBytes)
}

function hasRoom(path: string): boolean {
  return path.length <= NAME_BYTES && PRINTABLE.test(path)
}

/** What an extended header says; `undefined` for a file that needs none. */
function extendedRecords({ path, sizeBytes }: TarEntry): Uint8Array | undefined {
  const records = [
    ...(hasRoom(path) ? [] : [paxRecord('path', path)]),
    ...(sizeBytes > MOST_BYTES ? [paxRecord('size', String(sizeBytes))] : []),
  ]
  return records.length === 0 ? undefined : new TextEncoder().encode(records.join(''))
}

function block(name: string, sizeBytes: number, type: '0' | 'x'): Uint8Array {
  const bytes = new Uint8Array(TAR_BLOCK_BYTES)
  // A pack has ten thousand of these: character by character is several times faster than by an encoder.
  const put = (at: number, text: string): void => {
    for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index)
  }
  put(0, name)
  put(100, `${octal(0o644, 7)}\0`)
  put(108, `${octal(0, 7)}\0`)
  put(116, `${octal(0, 7)}\0`)
  put(124, `${octal(sizeBytes, 11)}\0`)
  put(136, `${octal(0, 11)}\0`)
  put(156, type)
  put(257, 'ustar\x0000')
  put(329, `${octal(0, 7)}\0`)
  put(337, `${octal(0, 7)}\0`)
  // The sum is taken with spaces where it will stand.
  put(148, ' '.repeat(8))
  let sum = 0
  for (const byte of bytes) sum += byte
  put(148, `${octal(sum, 6)}\0 `)
  return bytes
}

function octal(number: number, digits: number): string {
  return number.toString(8).padStart(digits, '0')
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits too. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const restBytes = new TextEncoder().encode(rest).length
  let length = restBytes + String(restBytes).length
  if (String(length).length > String(restBytes).length) length = restBytes + String(length).length
  return `${length}${rest}`
}

function plainName(path: string): string {
  return path.replace(/[^ -~]/gu, '_').slice(-NAME_BYTES)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
