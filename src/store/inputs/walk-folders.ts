/**
 * Every file below a folder that a training may have written, nearest first, within bounds.
 */
import type { Files } from '../files/files.ts'

/** A file that was found. */
export interface FoundFile {
  readonly path: string
  readonly folder: string
  readonly name: string
}

const DEPTH_LIMIT = 12
const ENTRY_LIMIT = 500_000

/** Holds no results of a training: packages and caches. Hidden folders are not entered either. */
const NEVER = new Set(['node_modules', 'site-packages', '__pycache__'])
/** Marks a virtual environment of Python (PEP 405). */
const ENVIRONMENT_MARK = 'pyvenv.cfg'

/**
 * Visits the files below a folder, folder by folder in name order.
 *
 * Folders deeper than 12 levels, hidden ones, `node_modules`, `site-packages`, `__pycache__` and virtual environments
 * are not entered, symbolic links not followed, and no more than 500,000 names are looked at.
 */
export async function walkFolders(files: Files, top: string, visit: (file: FoundFile) => void): Promise<void> {
  let count = 0
  let level = [top]
  for (let depth = 0; depth <= DEPTH_LIMIT && level.length > 0; depth += 1) {
    const next: string[] = []
    for (const folder of level) {
      const entries = await entriesOf(files, folder)
      count += entries.length
      if (count > ENTRY_LIMIT) return
      if (folder !== top && entries.some(({ name }) => name === ENVIRONMENT_MARK)) continue
      for (const { name, kind } of entries) {
        const path = `${folder}/${name}`
        if (kind === 'file') visit({ path, folder, name })
        else if (kind === 'folder' && !name.startsWith('.') && !NEVER.has(name)) next.push(path)
      }
    }
    level = next
  }
}

/** A folder that cannot be read, or that is gone by now, holds nothing. */
async function entriesOf(files: Files, folder: string): ReturnType<Files['readFolder']> {
  try {
    return await files.readFolder(folder)
  } catch {
    return []
  }
}
