/**
 * The tree an index stands for, when git noted it there: the root of the cached tree extension.
 *
 * Source: gitformat-index(5). Only the note is read, never trusted beyond its meaning: it is there exactly when the
 * whole index was written as, or read from, that tree and no entry was changed since.
 */
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'

const HEADER_BYTES = 12
const STAT_BYTES = 40
const FLAGS_BYTES = 2
const EXTENDED = 0x4000
const NAME_LENGTH = 0x0fff

/** Reads the root tree of an index; `undefined` when it is not noted, or the index is split or not understood. */
export function rootTreeOfIndex(index: Uint8Array, objectFormat: 'sha1' | 'sha256'): Oid | undefined {
  const bytes = Buffer.from(index.buffer, index.byteOffset, index.byteLength)
  const oidBytes = objectFormat === 'sha1' ? 20 : 32
  const version = bytes.length < HEADER_BYTES + oidBytes ? 0 : bytes.readUInt32BE(4)
  if (version < 2 || version > 4 || bytes.toString('latin1', 0, 4) !== 'DIRC') return undefined
  const entriesEnd = skipEntries(bytes, version, oidBytes)
  return entriesEnd === undefined ? undefined : rootTreeAmong(bytes, entriesEnd, oidBytes)
}

function skipEntries(bytes: Buffer, version: number, oidBytes: number): number | undefined {
  const count = bytes.readUInt32BE(8)
  let offset = HEADER_BYTES
  for (let entry = 0; entry < count; entry += 1) {
    const flagsAt = offset + STAT_BYTES + oidBytes
    if (flagsAt + FLAGS_BYTES > bytes.length) return undefined
    const flags = bytes.readUInt16BE(flagsAt)
    const nameAt = flagsAt + FLAGS_BYTES + ((flags & EXTENDED) === 0 ? 0 : FLAGS_BYTES)
    const length = flags & NAME_LENGTH
    const nameEnd =
      version < 4 && length < NAME_LENGTH ? nameAt + length : bytes.indexOf(0, prefixEnd(bytes, nameAt, version))
    if (nameEnd < 0) return undefined
    // Versions 2 and 3 pad with 1 to 8 NULs to a multiple of eight; version 4 ends the name with one NUL.
    offset = version < 4 ? offset + ((nameEnd - offset + 8) & ~7) : nameEnd + 1
  }
  return offset
}

/** In version 4 a variable-length number before the name may hold zero bytes. */
function prefixEnd(bytes: Buffer, nameAt: number, version: number): number {
  let at = nameAt
  if (version < 4) return at
  while (((bytes[at] ?? 0) & 0x80) !== 0) at += 1
  return at + 1
}

function rootTreeAmong(bytes: Buffer, extensionsAt: number, oidBytes: number): Oid | undefined {
  let found: Oid | undefined
  for (let at = extensionsAt; at + 8 <= bytes.length - oidBytes;) {
    const name = bytes.toString('latin1', at, at + 4)
    const dataAt = at + 8
    at = dataAt + bytes.readUInt32BE(at + 4)
    // A split index keeps most entries in another file, so what is said here is not about all of them.
    if (name === 'link') return undefined
    if (name === 'TREE') found = rootOfCachedTree(bytes.subarray(dataAt, at), oidBytes)
  }
  return found
}

/** The root comes first: empty name, NUL, entry count (-1 when stale), space, subtree count, newline, object name. */
function rootOfCachedTree(data: Buffer, oidBytes: number): Oid | undefined {
  const lineEnd = data.indexOf(10)
  if (data[0] !== 0 || lineEnd < 0 || data[1] === 0x2d) return undefined
  return parseOid(data.toString('hex', lineEnd + 1, lineEnd + 1 + oidBytes))
}
