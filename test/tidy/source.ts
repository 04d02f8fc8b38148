/**
 * Source files as the checks see them: path, text and syntax tree.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import ts from 'typescript'

/** One source file. */
export interface Source {
  /** Relative to the project, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

/** The folder of the project. */
export const PROJECT = join(import.meta.dirname, '..', '..')

/** Takes a text for a source file; how the checks themselves are tested. */
export function sourceOf(path: string, text: string): Source {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
}

/** Every TypeScript file of the project below some folders, sorted by path. */
export function readSources(folders: readonly string[]): readonly Source[] {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => relative(PROJECT, join(entry.parentPath, entry.name)).split(sep).join('/')),
  )
  return paths.sort().map((path) => sourceOf(path, readFileSync(join(PROJECT, path), 'utf8')))
}

/** Every node of a file, outer ones first. */
export function nodesOf(source: Source): readonly ts.Node[] {
  const nodes: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    nodes.push(node)
    ts.forEachChild(node, visit)
  }
  visit(source.tree)
  return nodes
}

/** Every comment of a file, with the position it starts at. */
export function commentsOf(source: Source): readonly { readonly text: string; readonly position: number }[] {
  const found = new Map<number, string>()
  for (const node of nodesOf(source)) {
    const before = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []
    const after = ts.getTrailingCommentRanges(source.text, node.getEnd()) ?? []
    for (const { pos, end } of [...before, ...after]) found.set(pos, source.text.slice(pos, end))
  }
  return [...found].map(([position, text]) => ({ position, text }))
}

/** Line of a position, from 1. */
export function lineOf(source: Source, position: number): number {
  return source.tree.getLineAndCharacterOfPosition(position).line + 1
}

/** `path:line what`, the form of every finding. */
export function finding(source: Source, position: number, what: string): string {
  return `${source.path}:${lineOf(source, position)} ${what}`
}
