/**
 * A TCP proxy on loopback that drops connections after a number of bytes, and flips a byte when told to.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A proxy that runs. */
export interface CuttingProxy {
  readonly port: number
  readonly origin: string
  /** How many connections it dropped. */
  readonly cuts: () => number
  /** Bytes that clients sent, in all. */
  readonly sentBytes: () => number
  readonly close: () => Promise<void>
}

/** What it does to those who pass. */
export interface ProxyFaults {
  /**
   * Asked for each new connection: bytes after which it is dropped, either way counted; `undefined` lets it pass.
   * Told how many were dropped so far.
   */
  readonly nextCut: (cuts: number) => number | undefined
  /** Asked for each new connection: which byte of what the server sends is flipped; `undefined` for none. */
  readonly nextFlip?: () => number | undefined
}

/** Starts a proxy before a port of this machine. */
export async function startCuttingProxy(target: number, { nextCut, nextFlip }: ProxyFaults): Promise<CuttingProxy> {
  let [cuts, sentBytes] = [0, 0]
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    const sockets = [client, upstream]
    let rest = nextCut(cuts)
    const flip = flipping(nextFlip?.())
    const pass = (chunk: Buffer, to: Socket): void => {
      if (rest !== undefined && chunk.length >= rest) {
        cuts += 1
        to.write(chunk.subarray(0, rest))
        for (const socket of sockets) socket.destroy()
        return
      }
      if (rest !== undefined) rest -= chunk.length
      const from = to === upstream ? client : upstream
      if (!to.write(chunk)) {
        from.pause()
        to.once('drain', () => from.resume())
      }
    }
    client.on('data', (chunk: Buffer) => {
      sentBytes += chunk.length
      pass(chunk, upstream)
    })
    upstream.on('data', (chunk: Buffer) => pass(flip(chunk), client))
    for (const socket of sockets) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        for (const other of sockets) other.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    cuts: () => cuts,
    sentBytes: () => sentBytes,
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Flips one byte of a stream. */
function flipping(at: number | undefined): (chunk: Buffer) => Buffer {
  let seen = 0
  return (chunk) => {
    const index = (at ?? -1) - seen
    seen += chunk.length
    const byte = chunk[index]
    if (byte === undefined) return chunk
    const flipped = Buffer.from(chunk)
    flipped[index] = byte ^ 1
    return flipped
  }
}
