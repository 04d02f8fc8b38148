/**
 * The output of a command, as it was before it was packed into its record.
 */
import { gunzipSync } from 'node:zlib'
import { refuse } from '../../domain/failure.ts'

/** Unpacks one stream. @throws `object-damaged` for what was not packed */
export function unpackOutput(path: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes)
  } catch (caught) {
    throw refuse('object-damaged', { what: 'output', id: path, problem: 'it cannot be unpacked' }, caught)
  }
}
