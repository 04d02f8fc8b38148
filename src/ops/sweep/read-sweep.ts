/**
 * The file of a sweep.
 */
import { basename, resolve } from 'node:path'
import type { Sweep } from '../../domain/sweep.ts'
import { readInputText } from '../../store/inputs/input-text.ts'
import { parseSweep } from '../../store/inputs/sweep-document.ts'
import type { Repository } from '../repository/repository.ts'

/** Reads a sweep; one without a name has that of its file. @throws `file-not-found`, what `parseSweep` refuses */
export async function readSweep({ files, folder }: Repository, file: string): Promise<Sweep> {
  const path = resolve(folder, file)
  const text = await readInputText(files, path, 'sweep')
  return parseSweep(text, file, basename(path).replace(/\.[^.]*$/, ''))
}
