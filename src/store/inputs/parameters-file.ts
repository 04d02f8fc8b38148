/**
 * Files of parameters: YAML, JSON or TOML, nested as the script that reads them likes it.
 */
import { flattenParameters } from '../../domain/parameter-flatten.ts'
import type { Parameters } from '../../domain/parameter.ts'
import type { Files } from '../files/files.ts'
import { readDocument } from './input-document.ts'

/**
 * Reads a file of parameters; nested mappings become dotted keys.
 *
 * @throws `file-not-found`, `usage-invalid` for another extension, `key-conflict`, `name-invalid`, and every refusal of
 * the strict readers.
 */
export async function readParameters(files: Files, path: string): Promise<Parameters> {
  return flattenParameters(await readDocument(files, path, { wanted: 'parameter file' }), path)
}
