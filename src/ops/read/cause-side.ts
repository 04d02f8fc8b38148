/**
 * Recorded runs as sides of a question about causes: with the environment, the command, and the code without the files
 * that are recorded as parameters, data or results of their own.
 */
import { dirname, posix } from 'node:path'
import type { ExplainedRun } from '../../domain/change-explanation.ts'
import { EMPTY_CONFIG } from '../../domain/config.ts'
import type { Config } from '../../domain/config.ts'
import type { Environment } from '../../domain/environment.ts'
import { Failure } from '../../domain/failure.ts'
import type { Metrics } from '../../domain/metric.ts'
import type { Oid } from '../../domain/oid.ts'
import type { SealedRun } from '../../domain/run.ts'
import { rootPath } from '../../domain/tree-path.ts'
import type { GitEngine } from '../../store/git/engine.ts'
import { readEnvironment } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { parseConfig } from '../../store/inputs/config-document.ts'
import { CONFIG_FILE } from '../../store/inputs/config-file.ts'

/** More files than this are compared as one tree. */
const FILES_LIMIT = 50_000

/** Reads sides from one snapshot; environments and trees that runs share are read once. */
export interface CauseReader {
  /** The side of a run; metrics and environment are the recorded ones unless given. */
  readonly side: (
    run: SealedRun,
    label: string,
    known?: { readonly metrics?: Metrics; readonly environment?: Environment },
  ) => Promise<ExplainedRun>
}

/** A reader of sides. */
export function causeReader(snapshot: BranchSnapshot): CauseReader {
  const environments = new Map<string, Promise<Environment>>()
  const trees = new Map<Oid, Promise<ReadonlyMap<string, string> | undefined>>()
  const { engine } = snapshot

  return {
    side: async (run, label, known = {}) => {
      const { id, startedAt, parameters, datasets, code, command } = run
      const [environment, codeFiles] = await Promise.all([
        known.environment ?? remembered(environments, run.environment, () => readEnvironment(snapshot, id)),
        code.kind === 'commit' ? codeFilesOf(engine, trees, run, code.tree) : undefined,
      ])
      return {
        run: id,
        startedAt,
        label,
        parameters,
        metrics: known.metrics ?? run.metrics,
        files: [],
        datasets,
        code,
        environment,
        ...(command === undefined ? {} : { command }),
        ...(codeFiles === undefined ? {} : { codeFiles }),
      }
    },
  }
}

type TreeFiles = ReadonlyMap<string, string>

async function codeFilesOf(
  engine: GitEngine,
  trees: Map<Oid, Promise<TreeFiles | undefined>>,
  run: SealedRun,
  tree: Oid,
): Promise<TreeFiles | undefined> {
  const files = await remembered(trees, tree, () => readTreeFiles(engine, tree))
  if (files === undefined) return undefined
  const recorded = await recordedPaths(engine, run, tree)
  return new Map([...files].filter(([path]) => !recorded.some((known) => isAtOrBelow(known, path))))
}

/** Every file of a tree with its object name; `undefined` when the tree is not in this clone or has too many. */
async function readTreeFiles(engine: GitEngine, tree: Oid): Promise<TreeFiles | undefined> {
  const files = new Map<string, string>()
  const visit = async (oid: Oid, prefix: string): Promise<void> => {
    for (const entry of await engine.readTree(oid)) {
      if (files.size > FILES_LIMIT) return
      if (entry.kind === 'tree') await visit(entry.oid, `${prefix}${entry.name}/`)
      else files.set(`${prefix}${entry.name}`, `${entry.kind} ${entry.oid}`)
    }
  }
  try {
    await visit(tree, '')
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
  return files.size > FILES_LIMIT ? undefined : files
}

/** Paths from the top of the tree that the run records as parameters, data or results, and not as code. */
async function recordedPaths(engine: GitEngine, run: SealedRun, tree: Oid): Promise<readonly string[]> {
  const { config, home } = await configIn(engine, tree, run.workingFolder ?? '.')
  const { params, metrics, series, model } = config
  const configured = [...params, ...metrics, ...series, ...(model === undefined ? [] : [model.path])]
  return [...configured.map((path) => posix.join(home, path)), ...run.datasets.map(({ uri }) => uri)]
}

/** The configuration nearest to a folder of a tree, and the folder it is in. */
async function configIn(
  engine: GitEngine,
  tree: Oid,
  folder: string,
): Promise<{ readonly config: Config; readonly home: string }> {
  for (let home = folder; ; home = dirname(home)) {
    const entry = await engine.entryAt(tree, rootPath(posix.join(home, CONFIG_FILE)))
    if (entry?.kind === 'file' || entry?.kind === 'executable') {
      const text = new TextDecoder().decode(await engine.readBlob(entry.oid))
      return { config: readableConfig(text), home }
    }
    if (home === '.') return { config: EMPTY_CONFIG, home }
  }
}

/** A configuration that cannot be read says nothing about which files are code. */
function readableConfig(text: string): Config {
  try {
    return parseConfig(text, CONFIG_FILE)
  } catch (caught) {
    if (caught instanceof Failure) return EMPTY_CONFIG
    throw caught
  }
}

function isAtOrBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function remembered<Key, Item>(known: Map<Key, Promise<Item>>, key: Key, make: () => Promise<Item>): Promise<Item> {
  const found = known.get(key) ?? make()
  known.set(key, found)
  return found
}
