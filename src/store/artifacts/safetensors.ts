/**
 * The tensors of a safetensors file, digested while its bytes pass by: 8 bytes of header length, a JSON header, data.
 *
 * A file is attacker's input: nothing is allocated from a length it declares, and a header that breaks any rule makes
 * the tensors unreadable, never the file. Format: https://github.com/huggingface/safetensors#format
 */
import { present } from '../../base/assert.ts'
import { sha256Stream } from '../../base/digest.ts'
import type { Sha256Stream } from '../../base/digest.ts'
import type { Tensor } from '../../domain/artifact.ts'
import { Failure } from '../../domain/failure.ts'
import { LIMIT_HEADER_BYTES, readHeader } from './safetensors-header.ts'
import type { TensorSpan } from './safetensors-header.ts'

/** What a file was found to hold. */
export type TensorReading =
  | { readonly kind: 'tensors'; readonly tensors: readonly Tensor[] }
  /** Why not, as the end of the sentence "its tensors cannot be read: …". */
  | { readonly kind: 'unreadable'; readonly problem: string }

/** Takes the bytes of a file in order, in chunks of any size. */
export interface TensorReader {
  readonly update: (chunk: Uint8Array) => void
  /** Ends the reading, once. */
  readonly finish: () => TensorReading
}

const LENGTH_BYTES = 8

/** Starts reading a file of this size. */
export function tensorReader(sizeBytes: number): TensorReader {
  const reading = new SafetensorsReading(sizeBytes)
  return { update: (chunk) => reading.update(chunk), finish: () => reading.finish() }
}

/** Lives as long as one file is read: first its header is gathered, then each tensor's bytes are digested. */
class SafetensorsReading {
  readonly #sizeBytes: number
  #problem: string | undefined
  #head: Uint8Array[] = []
  #headBytes = 0
  #spans: readonly TensorSpan[] | undefined
  readonly #tensors: Tensor[] = []
  #hash: Sha256Stream | undefined
  /** Bytes of the current tensor that are still to come. */
  #left = 0

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes
  }

  update(chunk: Uint8Array): void {
    if (this.#problem !== undefined) return
    if (this.#spans !== undefined) return this.#digest(chunk)
    this.#head.push(chunk.slice())
    this.#headBytes += chunk.length
    this.#tryHeader()
  }

  finish(): TensorReading {
    if (this.#problem === undefined && (this.#spans === undefined || this.#hash !== undefined)) {
      this.#problem = 'the file ends early'
    }
    return this.#problem === undefined
      ? { kind: 'tensors', tensors: this.#tensors }
      : { kind: 'unreadable', problem: this.#problem }
  }

  #tryHeader(): void {
    const first = this.#headBytes < LENGTH_BYTES ? undefined : Buffer.concat(this.#head.slice(0, LENGTH_BYTES))
    if (first === undefined) return
    const length = first.readBigUInt64LE(0)
    const problem = lengthProblem(length, this.#sizeBytes)
    const end = LENGTH_BYTES + Number(length)
    if (problem === undefined && this.#headBytes < end) return
    const bytes = problem === undefined ? Buffer.concat(this.#head) : first
    this.#head = []
    if (problem === undefined) this.#begin(bytes, end)
    else this.#problem = problem
  }

  #begin(bytes: Buffer, end: number): void {
    try {
      this.#spans = readHeader(bytes.subarray(LENGTH_BYTES, end), this.#sizeBytes - end)
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
      this.#problem = caught.message
      return
    }
    this.#openNext()
    this.#digest(bytes.subarray(end))
  }

  #digest(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length && this.#hash !== undefined) {
      const part = chunk.subarray(at, at + this.#left)
      this.#hash.update(part)
      at += part.length
      this.#left -= part.length
      if (this.#left === 0) this.#closeTensor(this.#hash)
    }
    if (at < chunk.length) this.#problem = 'bytes follow the last tensor'
  }

  #closeTensor(hash: Sha256Stream): void {
    this.#record(hash)
    this.#openNext()
  }

  /** Opens the next tensor that has bytes; those without are whole at once. */
  #openNext(): void {
    this.#hash = undefined
    for (let span = this.#nextSpan(); span !== undefined; span = this.#nextSpan()) {
      const hash = sha256Stream()
      if (span.sizeBytes > 0) {
        this.#hash = hash
        this.#left = span.sizeBytes
        return
      }
      this.#record(hash)
    }
  }

  #nextSpan(): TensorSpan | undefined {
    return this.#spans?.[this.#tensors.length]
  }

  #record(hash: Sha256Stream): void {
    const { name, dtype, shape } = present(this.#nextSpan(), 'a tensor to record')
    this.#tensors.push({ name, dtype, shape, sha256: hash.digest() })
  }
}

function lengthProblem(length: bigint, sizeBytes: number): string | undefined {
  if (length + BigInt(LENGTH_BYTES) > BigInt(sizeBytes)) return `header length ${length} exceeds the file`
  return length > BigInt(LIMIT_HEADER_BYTES) ? `header length ${length} exceeds ${LIMIT_HEADER_BYTES}` : undefined
}
