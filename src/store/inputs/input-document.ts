/**
 * Documents the user named, read by what their extension says they are.
 */
import type { Value } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { readStrictJson } from '../documents/strict-json.ts'
import { readStrictToml } from '../documents/strict-toml.ts'
import { readStrictYaml } from '../documents/strict-yaml.ts'
import type { Files } from '../files/files.ts'
import { readInputText } from './input-text.ts'

/** What a document may be written in. */
export type DocumentFormat = 'yaml' | 'json' | 'toml'

const FORMATS: ReadonlyMap<string, DocumentFormat> = new Map([
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
  ['.json', 'json'],
  ['.toml', 'toml'],
])

const READERS: { readonly [Format in DocumentFormat]: (text: string, file: string) => Value } = {
  yaml: readStrictYaml,
  json: readStrictJson,
  toml: readStrictToml,
}

/** How to read a document. */
export interface DocumentRequest {
  /** What it was to be, for a refusal: `parameter file`. */
  readonly wanted: string
  /** Changes the text before it is read. */
  readonly prepare?: (text: string, format: DocumentFormat) => string
}

/**
 * Reads a `.yaml`, `.yml`, `.json` or `.toml` file.
 *
 * @throws `usage-invalid` for another extension, `file-not-found`, and every refusal of the strict readers.
 */
export async function readDocument(files: Files, path: string, request: DocumentRequest): Promise<Value> {
  const extension = /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? ''
  const format = FORMATS.get(extension)
  if (format === undefined) {
    throw refuse('usage-invalid', { problem: `${request.wanted} '${path}' is neither .yaml, .yml, .json nor .toml` })
  }
  const text = await readInputText(files, path, request.wanted)
  return READERS[format](request.prepare?.(text, format) ?? text, path)
}
