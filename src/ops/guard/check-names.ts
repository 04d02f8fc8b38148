/**
 * Checks the names of what a change of the registry adds: one name that cannot be read, or that is another's on some
 * file systems, would stop everybody who reads the branch.
 */
import { isFailure } from '../../domain/failure.ts'
import { folderUnit } from '../../domain/merge-unit.ts'
import { foldName, parseModelName, parseViewName } from '../../domain/name.ts'
import type { CheckResult } from '../../domain/review/request-check.ts'
import { rootPath, runFolder } from '../../domain/tree-path.ts'
import type { ChangedPath } from '../../store/branch/changed-paths.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'

const MODEL = /^models\/([^/]+)\//
const VIEW = /^views\/([^/]+)\.yaml$/
const RUN = /^runs\/(?:[^/]+\/){4}[^/]+(?=\/)/

/** Says what is wrong with the names of files that a change adds or writes: at most one line for each name. */
export async function checkNames(
  { engine, tips }: BranchSnapshot,
  changes: readonly ChangedPath[],
): Promise<readonly CheckResult[]> {
  const problems = new Map<string, string>()
  const siblings = new Map<string, ReadonlyMap<string, number>>()
  const siblingsIn = async (folder: string): Promise<ReadonlyMap<string, number>> => {
    const known = siblings.get(folder)
    if (known !== undefined) return known
    const entry = await engine.entryAt(tips.registry, rootPath(folder))
    const entries = entry?.kind === 'tree' ? await engine.readTree(entry.oid) : []
    const counts = new Map<string, number>()
    for (const { name } of entries) counts.set(foldName(name), (counts.get(foldName(name)) ?? 0) + 1)
    siblings.set(folder, counts)
    return counts
  }
  for (const { path, before, after } of changes) {
    if (after === undefined) continue
    const problem = nameProblem(path)
    if (problem !== undefined) problems.set(path, problem)
    if (before !== undefined) continue
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth += 1) {
      const counts = await siblingsIn(parts.slice(0, depth).join('/'))
      if ((counts.get(foldName(parts[depth] ?? '')) ?? 0) < 2) continue
      problems.set(parts.slice(0, depth + 1).join('/'), 'differs from another name only in case')
    }
  }
  return [...problems].map(([subject, note]) => ({ rule: 'files', subject, status: 'failed', note }))
}

function nameProblem(path: string): string | undefined {
  const model = MODEL.exec(path)?.[1]
  if (model !== undefined && !isNamed(parseModelName, model)) return 'is named like no model'
  const view = VIEW.exec(path)?.[1]
  if (view !== undefined && !isNamed(parseViewName, view)) return 'is named like no view'
  if (!path.startsWith('runs/')) return undefined
  const folder = RUN.exec(path)?.[0] ?? ''
  const unit = folderUnit(folder)
  return unit?.kind === 'run' && folder === runFolder(unit.run) ? undefined : 'is in the folder of no run'
}

function isNamed(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text)
    return true
  } catch (caught) {
    if (isFailure(caught, 'name-invalid')) return false
    throw caught
  }
}
