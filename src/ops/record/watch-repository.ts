/**
 * What happens in a repository while somebody looks: where the branch stands, which runs are live, and what they log.
 * Each look reads what was added since the look before, and never a whole log.
 */
import { join } from 'node:path'
import { isFailure } from '../../domain/failure.ts'
import type { RunId } from '../../domain/run.ts'
import { findBranch } from '../../store/branch/snapshot.ts'
import { journalFolder, listJournals, readJournal } from '../../store/journal/journal.ts'
import { readAppended } from '../../store/logs/read-appended.ts'
import type { Repository } from '../repository/repository.ts'
import { LOG_FILES, OUTPUT_STREAMS, outputPath, pointsInLine } from './tail-run.ts'
import type { TailPoint } from './tail-run.ts'

/** What one live run did since the look before. */
export interface LiveNews {
  readonly run: RunId
  /** In the order of files and lines; the newest, where there were more. */
  readonly points: readonly TailPoint[]
  /** Points were left out. */
  readonly isCut: boolean
  readonly hasOutput: boolean
}

/** What happened since the look before. */
export interface RepositoryNews {
  /** The commits the branch is at, as one text; `undefined` while there is none. */
  readonly tip: string | undefined
  /** Runs that are live, oldest first. */
  readonly live: readonly RunId[]
  /** Of the runs that did something. */
  readonly news: readonly LiveNews[]
}

/** Looks again and again. */
export interface RepositoryWatch {
  /** What is new; the first look tells where things stand and no points. @throws the disk's refusals */
  readonly look: () => Promise<RepositoryNews>
}

/** No more lines are read of one file at one look: a look must not take as long as the training does. */
const LIMIT_LINES = 500
const NEWLINE = 0x0a

/** Starts watching. */
export function watchRepository(repository: Repository): RepositoryWatch {
  let runs = new Map<RunId, RunWatch>()
  let isFirst = true
  return {
    look: async () => {
      const [tip, live] = await Promise.all([branchTip(repository), liveIds(repository)])
      const watched = new Map(live.map((run) => [run, runs.get(run) ?? new RunWatch(repository, run, isFirst)]))
      runs = watched
      isFirst = false
      const news: LiveNews[] = []
      for (const watch of watched.values()) {
        const found = await watch.look()
        if (found.points.length > 0 || found.isCut || found.hasOutput) news.push(found)
      }
      return { tip, live, news }
    },
  }
}

async function branchTip({ context }: Repository): Promise<string | undefined> {
  try {
    const { areas } = await findBranch(context.engine)
    return [...new Set([areas.registry.tip, areas.records.tip])].join(' ')
  } catch (caught) {
    if (isFailure(caught, 'branch-not-found')) return undefined
    throw caught
  }
}

async function liveIds({ journals }: Repository): Promise<readonly RunId[]> {
  const live: RunId[] = []
  for (const run of await listJournals(journals)) {
    // A journal that cannot be read is for recovery to tell.
    const content = await readJournal(journals, run).catch(() => undefined)
    if (content?.isLive === true) live.push(run)
  }
  return live
}

/** Lives as long as its run does: how far each of its files was read. */
class RunWatch {
  readonly #repository: Repository
  readonly #run: RunId
  readonly #positions = new Map<string, number>()
  readonly #outputs = new Map<string, number>()
  #startsAtEnd: boolean

  constructor(repository: Repository, run: RunId, startsAtEnd: boolean) {
    this.#repository = repository
    this.#run = run
    this.#startsAtEnd = startsAtEnd
  }

  async look(): Promise<LiveNews> {
    const { files, journals } = this.#repository
    const folder = journalFolder(journals, this.#run)
    const names = (await files.readFolder(folder)).map(({ name }) => name).filter((name) => LOG_FILES.test(name))
    const found = { points: [] as TailPoint[], isCut: false }
    for (const name of names) {
      const { lines, isCut } = await this.#newLines(join(folder, name))
      found.isCut ||= isCut
      for (const line of lines) found.points.push(...pointsInLine(line, name))
    }
    const hasOutput = await this.#hasNewOutput()
    this.#startsAtEnd = false
    return { run: this.#run, ...found, hasOutput }
  }

  /** Whole lines only; what follows the last newline waits for the next look. */
  async #newLines(path: string): Promise<{ readonly lines: readonly string[]; readonly isCut: boolean }> {
    const { files } = this.#repository
    const sizeBytes = (await files.stat(path))?.sizeBytes ?? 0
    const position = this.#positions.get(path) ?? 0
    const start = Math.max(position, sizeBytes - CHUNK_BYTES)
    const bytes = await readAppended(files, path, start)
    const last = bytes.lastIndexOf(NEWLINE)
    if (last === -1) return { lines: [], isCut: false }
    this.#positions.set(path, start + last + 1)
    if (this.#startsAtEnd) return { lines: [], isCut: false }
    // A jump lands within a line.
    const first = start > position ? bytes.indexOf(NEWLINE) + 1 : 0
    const all = Buffer.from(bytes.subarray(first, last)).toString('utf8').split('\n')
    const lines = all.slice(-LIMIT_LINES)
    return { lines, isCut: start > position || lines.length < all.length }
  }

  async #hasNewOutput(): Promise<boolean> {
    let isNew = false
    for (const stream of OUTPUT_STREAMS) {
      const path = outputPath(this.#repository, this.#run, stream)
      const sizeBytes = (await this.#repository.files.stat(path))?.sizeBytes ?? 0
      isNew ||= sizeBytes > (this.#outputs.get(path) ?? 0) && !this.#startsAtEnd
      this.#outputs.set(path, sizeBytes)
    }
    return isNew
  }
}

/** As much as `readAppended` reads at once. */
const CHUNK_BYTES = 256 * 1024
