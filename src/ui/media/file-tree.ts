/**
 * Files as a tree: folders with what is in them, opened one by one.
 */
import type { WireFile } from '../../server/wire.ts'

/** One line of the tree. */
export type TreeLine =
  | {
      readonly kind: 'folder'
      readonly path: string
      readonly name: string
      readonly depth: number
      readonly isOpen: boolean
      readonly count: number
      readonly sizeBytes: number
    }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly name: string
      readonly depth: number
      readonly file: WireFile
    }

/** A folder with what is in it. */
export interface TreeFolder {
  readonly path: string
  readonly name: string
  readonly folders: readonly TreeFolder[]
  readonly files: readonly WireFile[]
  /** Of all files below. */
  readonly count: number
  readonly sizeBytes: number
}

interface Growing {
  readonly folders: Map<string, Growing>
  readonly files: WireFile[]
}

/** Makes a tree of files. Folders that hold one folder alone are one line: `a/b/c`. */
export function treeOf(files: readonly WireFile[]): TreeFolder {
  const root: Growing = { folders: new Map(), files: [] }
  for (const file of files) {
    let folder = root
    for (const name of file.path.split('/').slice(0, -1)) {
      const next = folder.folders.get(name) ?? { folders: new Map(), files: [] }
      folder.folders.set(name, next)
      folder = next
    }
    folder.files.push(file)
  }
  return grown(root, '', '')
}

function grown(folder: Growing, path: string, name: string): TreeFolder {
  const [only] = folder.folders
  if (path !== '' && only !== undefined && folder.folders.size === 1 && folder.files.length === 0) {
    return grown(only[1], `${path}/${only[0]}`, `${name}/${only[0]}`)
  }
  const folders = [...folder.folders].map(([each, next]) => grown(next, path === '' ? each : `${path}/${each}`, each))
  return {
    path,
    name,
    folders,
    files: folder.files,
    count: folder.files.length + folders.reduce((sum, { count }) => sum + count, 0),
    sizeBytes: [...folder.files, ...folders].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

/** The lines that show, folders before files. `isOpen` tells which folders are open. */
export function treeLines(root: TreeFolder, isOpen: (path: string) => boolean): readonly TreeLine[] {
  const lines: TreeLine[] = []
  const add = (folder: TreeFolder, depth: number): void => {
    for (const each of folder.folders) {
      const { path, name, count, sizeBytes } = each
      lines.push({ kind: 'folder', path, name, depth, isOpen: isOpen(path), count, sizeBytes })
      if (isOpen(path)) add(each, depth + 1)
    }
    for (const file of folder.files) {
      const { path } = file
      lines.push({ kind: 'file', path, name: path.split('/').at(-1) ?? path, depth, file })
    }
  }
  add(root, 0)
  return lines
}
