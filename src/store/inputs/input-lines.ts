/**
 * Lines of a text file of any size, in memory bounded by one chunk and one line.
 */
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files, OpenFile } from '../files/files.ts'

const CHUNK_BYTES = 1024 * 1024
const LINE_LIMIT_CHARACTERS = 1024 * 1024

type Utf8Decoder = InstanceType<typeof TextDecoder>

/**
 * Reads a file as batches of lines without their ends (`\n` or `\r\n`); a byte order mark is dropped.
 *
 * The text after the last line end is a line of its own unless it is empty.
 * @throws `file-not-found`, `limit-exceeded` for a line over a million characters, `document-malformed` for bytes that
 * are not UTF-8.
 */
export async function* readLineBatches(files: Files, path: string): AsyncGenerator<readonly string[]> {
  const stat = await files.stat(path)
  if (stat === undefined) throw refuse('file-not-found', { file: path, wanted: 'series file' })
  if (stat.kind !== 'file') throw refuse('path-not-a-file', { path, found: `a ${stat.kind}` })
  const file = await withDiskFailures(path, 'reading', () => files.open(path, 'read'))
  try {
    let rest = ''
    for await (const text of decodedChunks(file, path)) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      checkLength(rest, path)
      yield lines.map(withoutReturn)
    }
    if (rest !== '') yield [withoutReturn(rest)]
  } finally {
    await file.close()
  }
}

async function* decodedChunks(file: OpenFile, path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const buffer = new Uint8Array(CHUNK_BYTES)
  for (let position = 0; ;) {
    const count = await file.read(buffer, position)
    yield decodeChunk(decoder, buffer.subarray(0, count), path)
    if (count === 0) return
    position += count
  }
}

/** Zero bytes end the stream: a character cut off there is malformed. */
function decodeChunk(decoder: Utf8Decoder, bytes: Uint8Array, file: string): string {
  try {
    return decoder.decode(bytes, { stream: bytes.length > 0 })
  } catch (error) {
    throw refuse('document-malformed', { place: { file }, problem: 'the file is not UTF-8 text' }, error)
  }
}

function checkLength(line: string, path: string): void {
  if (line.length <= LINE_LIMIT_CHARACTERS) return
  throw refuse('limit-exceeded', {
    what: `characters of one line of ${path}`,
    actual: line.length,
    limit: LINE_LIMIT_CHARACTERS,
  })
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
