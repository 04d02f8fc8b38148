/**
 * How a file is looked at, by its name and by what is recorded of it. What its bytes are is the server's to say.
 */
import type { WireFile } from '../../server/wire.ts'

/** A way to look at a file. */
export type FileKind = 'tensors' | 'table' | 'image' | 'text'

/** Ways to look at a file, the best first; text last, where the server tells when it is none. */
export function fileKinds({ path, tensors }: Pick<WireFile, 'path' | 'tensors'>): readonly FileKind[] {
  const name = path.toLowerCase()
  if (tensors !== null || name.endsWith('.safetensors')) return ['tensors']
  if (/\.(?:png|jpe?g|gif|webp)$/.test(name)) return ['image']
  if (/\.(?:csv|tsv|jsonl|ndjson)$/.test(name)) return ['table', 'text']
  if (name.endsWith('.parquet')) return ['table']
  if (name.endsWith('.json')) return ['text', 'table']
  return ['text']
}

/** What a way to look is called. */
export const KIND_TITLES: Readonly<Record<FileKind, string>> = {
  tensors: 'Tensors',
  table: 'Table',
  image: 'Image',
  text: 'Text',
}
