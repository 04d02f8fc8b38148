/**
 * Takes exact counts of bytes from a stream, holding no more than one of its pieces besides.
 */

/** A stream that is taken from. Close it: it may hold a file or a connection. */
export interface ByteReader {
  /** The next bytes, as many as asked for; fewer only at the end of the stream. */
  readonly take: (count: number) => Promise<Uint8Array>
  readonly close: () => Promise<void>
}

/** Reads a stream by exact counts. */
export function byteReader(stream: AsyncIterable<Uint8Array>): ByteReader {
  const pieces = stream[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  return {
    take: async (count) => {
      if (rest.length >= count) {
        const taken = rest.subarray(0, count)
        rest = rest.subarray(count)
        return taken
      }
      const bytes = new Uint8Array(count)
      let have = 0
      for (;;) {
        const part = rest.subarray(0, count - have)
        bytes.set(part, have)
        have += part.length
        rest = rest.subarray(part.length)
        if (have === count) return bytes
        const next = await pieces.next()
        if (next.done === true) return bytes.subarray(0, have)
        rest = next.value
      }
    },
    close: async () => {
      await pieces.return?.()
    },
  }
}

/** A stream in windows of one size, the last one shorter. */
export async function* windowsOf(stream: AsyncIterable<Uint8Array>, windowBytes: number): AsyncIterable<Uint8Array> {
  const reader = byteReader(stream)
  try {
    for (;;) {
      const window = await reader.take(windowBytes)
      if (window.length > 0) yield window
      if (window.length < windowBytes) return
    }
  } finally {
    await reader.close()
  }
}

/** All bytes of a stream that is known to be short. */
export async function gathered(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}
