/**
 * The output of a command, as it was before it was packed into its record.
 */
import { gunzipSync } from 'node:zlib'
import { refuse } from '../../domain/failure.ts'

/** A few kilobytes of a hostile record unpack to any size. */
const LIMIT_UNPACKED_BYTES = 1024 * 1024 * 1024

/** Unpacks one stream. @throws `object-damaged` for what was not packed, or unpacks to more than the limit */
export function unpackOutput(path: string, bytes: Uint8Array, limitBytes = LIMIT_UNPACKED_BYTES): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: limitBytes })
  } catch (caught) {
    throw refuse('object-damaged', { what: 'output', id: path, problem: problemOf(caught, limitBytes) }, caught)
  }
}

function problemOf(caught: unknown, limitBytes: number): string {
  const isLarge = caught instanceof Error && 'code' in caught && caught.code === 'ERR_BUFFER_TOO_LARGE'
  return isLarge ? `it unpacks to more than ${limitBytes} bytes` : 'it cannot be unpacked'
}
