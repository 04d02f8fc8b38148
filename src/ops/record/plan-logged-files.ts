/**
 * Where the artifacts, images, tables and texts that a run has logged go among its files, and the index of the media.
 *
 * Whatever a log names, nothing leaves the run's folder of files: a name that would is told and left out.
 */
import { basename, extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { Failure } from '../../domain/failure.ts'
import { openPathTaker } from '../../domain/free-path.ts'
import type { PathTaker } from '../../domain/free-path.ts'
import type { LoggedArtifact, LoggedImage, LoggedTable, LoggedText } from '../../domain/log-entry.ts'
import { jsonText } from '../../base/json-text.ts'
import { valueMap } from '../../base/value.ts'
import type { CollectedFile } from '../../store/artifacts/collect.ts'
import { openTreeWalk } from '../../store/artifacts/walk-tree.ts'
import { errnoOf } from '../../store/files/disk-failure.ts'
import type { Files } from '../../store/files/files.ts'
import { openTold } from '../../store/logs/told-problems.ts'
import type { ToldProblems } from '../../store/logs/told-problems.ts'
import type { LoggedFile } from './gather-logs.ts'
import { mediaText } from './media-index.ts'
import type { MediaIndex, MediaTable, MediaText } from './media-index.ts'

/** Where logged paths start, and what is taken. */
export interface LoggedFilesPlace {
  readonly files: Files
  /** The absolute folder that relative paths start from. */
  readonly folder: string
  /** The top of the worktree: an artifact below it is named as seen from there. */
  readonly root: string
  /** Paths of the files the run has already. */
  readonly taken: readonly ArtifactPath[]
}

/** What is to be recorded. */
export interface LoggedFilesPlan {
  /** Files to record, in no order; their paths stand side by side with those that were taken. */
  readonly collected: readonly CollectedFile[]
  /** Files that are not on the disk yet, by path. */
  readonly made: ReadonlyMap<ArtifactPath, string>
  readonly told: readonly string[]
}

/** The index of images, tables and texts among a run's files. */
const MEDIA = parseArtifactPath('media.json')

/** A run has at most 100,000 files, and logged ones must not push out the others. */
const LIMIT_LOGGED = 50_000

/** Plans the files of a run's logs, in the order they were logged. @throws the disk's refusals */
export async function planLoggedFiles(
  place: LoggedFilesPlace,
  logged: readonly LoggedFile[],
): Promise<LoggedFilesPlan> {
  const planner = new Planner(place)
  for (const file of logged) await planner.add(file)
  return planner.plan()
}

/** A table, with its rows as lines when it is no file. */
interface PlannedTable extends MediaTable {
  lines: string[] | undefined
}

/** A text, line by line. */
interface PlannedText extends MediaText {
  readonly lines: string[]
}

/** Lives as long as one plan is made: knows what has which path. */
class Planner {
  readonly #place: LoggedFilesPlace
  readonly #paths: PathTaker
  readonly #told: ToldProblems = openTold()
  /** Where the bytes of a path are. */
  readonly #sources = new Map<ArtifactPath, string>()
  readonly #artifacts = new Map<ArtifactPath, ArtifactPath>()
  readonly #images: MediaIndex['images'][number][] = []
  readonly #imageCounts = new Map<string, number>()
  readonly #tables = new Map<string, PlannedTable>()
  readonly #texts = new Map<string, PlannedText>()

  constructor(place: LoggedFilesPlace) {
    this.#place = place
    this.#paths = openPathTaker(place.taken)
  }

  async add({ entry, place }: LoggedFile): Promise<void> {
    try {
      if (this.#sources.size >= LIMIT_LOGGED) {
        this.#told.tellOnce(`files beyond the first ${LIMIT_LOGGED} that were logged are left out`)
      } else if (entry.kind === 'artifact') await this.#addArtifact(entry, place)
      else if (entry.kind === 'image') await this.#addImage(entry, place)
      else if (entry.kind === 'table') await this.#addTable(entry, place)
      else this.#addText(entry)
    } catch (error) {
      // The disk's own failures are no matter of one line.
      if (!(error instanceof Failure) || error.code.startsWith('disk-')) throw error
      this.#told.tell(`${place}: left out, ${error.message}`)
    }
  }

  plan(): LoggedFilesPlan {
    const made = new Map<ArtifactPath, string>()
    for (const { path, lines } of [...this.#tables.values(), ...this.#texts.values()]) {
      if (lines !== undefined) made.set(path, lines.join(''))
    }
    const index = { images: this.#images, tables: [...this.#tables.values()], texts: [...this.#texts.values()] }
    const count = index.images.length + index.tables.length + index.texts.length
    if (count > 0) made.set(this.#paths.take(MEDIA), mediaText(index))
    const collected = [...this.#sources].map(([path, absolute]) => ({ path, absolute }))
    return { collected, made, told: this.#told.told() }
  }

  async #addArtifact({ path, name }: LoggedArtifact, place: string): Promise<void> {
    const absolute = resolve(this.#place.folder, path)
    const kind = await this.#kindOf(absolute)
    const wanted = name === undefined ? nameFrom(this.#place.root, absolute) : name.replace(/\/+$/, '')
    if (kind === 'folder') await this.#addFolder(absolute, parseArtifactPath(wanted), place)
    else if (kind === 'file') this.#addNamed(absolute, parseArtifactPath(wanted), place)
    else this.#told.tell(`${place}: left out, ${missing(path, kind)}`)
  }

  async #addFolder(absolute: string, wanted: ArtifactPath, place: string): Promise<void> {
    const walk = await openTreeWalk(this.#place.files, absolute)
    const found = await walk.below('.')
    for (const below of found?.files ?? []) {
      this.#addNamed(join(absolute, below), parseArtifactPath(`${wanted}/${below}`), place)
    }
  }

  /** A name that is logged again means the later file: both are read when the run ends. */
  #addNamed(absolute: string, wanted: ArtifactPath, place: string): void {
    const known = this.#artifacts.get(wanted)
    // What mlv.yaml names and the program logs too is one file.
    if (known === undefined && this.#paths.has(wanted) && absolute === join(this.#place.root, wanted)) return
    const path = known ?? this.#paths.take(wanted)
    this.#artifacts.set(wanted, path)
    this.#sources.set(path, absolute)
    if (path !== wanted && known === undefined) {
      this.#told.tell(`${place}: the run has another file '${wanted}', so this one is '${path}'`)
    }
  }

  async #addImage({ key, path, step, caption, atMs }: LoggedImage, place: string): Promise<void> {
    const absolute = await this.#fileAt(path, place)
    if (absolute === undefined) return
    const count = this.#imageCounts.get(key) ?? 0
    this.#imageCounts.set(key, count + 1)
    const name = parseArtifactPath(`images/${key}/${step ?? count}${extensionOf(path, '.png')}`)
    const taken = this.#paths.take(name)
    this.#sources.set(taken, absolute)
    this.#images.push({ key, path: taken, step, caption, atMs })
  }

  async #addTable(entry: LoggedTable, place: string): Promise<void> {
    const { key, content, step, rowKey, atMs } = entry
    const stem = step === undefined ? `tables/${key}` : `tables/${key}/${step}`
    if (content.kind === 'rows') return this.#addRows(entry, content, stem)
    const absolute = await this.#fileAt(content.path, place)
    if (absolute === undefined) return
    const path = this.#slot(stem, extensionOf(content.path, '.csv'))
    this.#sources.set(path, absolute)
    this.#tables.set(stem, { key, path, step, rowKey, atMs, columns: undefined, rows: undefined, lines: undefined })
  }

  /** Rows of one table may come on many lines: they add up. */
  #addRows(
    { key, step, rowKey, atMs }: LoggedTable,
    content: Extract<LoggedTable['content'], { readonly kind: 'rows' }>,
    stem: string,
  ): void {
    const path = this.#slot(stem, '.jsonl')
    const known = this.#tables.get(stem)
    const lines = known?.lines ?? []
    for (const row of content.rows) {
      const cells = new Map(content.columns.map((column, index) => [column, row[index] ?? null]))
      lines.push(`${jsonText(cells)}\n`)
    }
    const columns = [...new Set([...(known?.columns ?? []), ...content.columns])]
    this.#sources.delete(path)
    this.#tables.set(stem, {
      key,
      path,
      step,
      rowKey: rowKey ?? known?.rowKey,
      atMs,
      columns,
      rows: lines.length,
      lines,
    })
  }

  /** The path of a table; a later table of the same name and kind takes the place of the earlier. */
  #slot(stem: string, extension: string): ArtifactPath {
    const known = this.#tables.get(stem)
    if (known !== undefined && extname(known.path) === extension) return known.path
    const path = this.#paths.take(parseArtifactPath(`${stem}${extension}`))
    if (known !== undefined) this.#sources.delete(known.path)
    return path
  }

  #addText({ key, value, step, atMs }: LoggedText): void {
    const known = this.#texts.get(key)
    const path = known?.path ?? this.#paths.take(parseArtifactPath(`texts/${key}.jsonl`))
    const lines = known?.lines ?? []
    const exact = {
      step: step === undefined ? undefined : BigInt(step),
      time: atMs === undefined ? undefined : BigInt(atMs),
    }
    lines.push(`${jsonText(valueMap({ ...exact, value }))}\n`)
    this.#texts.set(key, { key, path, lines, count: lines.length })
  }

  async #fileAt(path: string, place: string): Promise<string | undefined> {
    const absolute = resolve(this.#place.folder, path)
    const kind = await this.#kindOf(absolute)
    if (kind === 'file') return absolute
    this.#told.tell(`${place}: left out, ${missing(path, kind)}`)
    return undefined
  }

  /** What can be read at a path; `unreadable` for a file that mlv may not open. */
  async #kindOf(absolute: string): Promise<'file' | 'folder' | 'other' | 'unreadable' | undefined> {
    const { files } = this.#place
    try {
      const stat = await files.stat(absolute)
      if (stat?.kind === 'file') await (await files.open(absolute, 'read')).close()
      return stat?.kind === 'symlink' ? 'other' : stat?.kind
    } catch (error) {
      if (['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(errnoOf(error) ?? ''))
        return 'unreadable'
      throw error
    }
  }
}

function missing(path: string, kind: string | undefined): string {
  const shown = JSON.stringify(path)
  if (kind === undefined) return `${shown} is not there`
  return kind === 'unreadable' ? `${shown} cannot be read` : `${shown} is not a file`
}

/** As seen from the top of the worktree; the last name of a file outside. */
function nameFrom(root: string, absolute: string): string {
  const below = relative(root, absolute).replaceAll(sep, '/')
  return below === '' || below === '..' || below.startsWith('../') || isAbsolute(below) ? basename(absolute) : below
}

/** The extension in lower case; what a name without a plain one is taken for. */
function extensionOf(path: string, otherwise: string): string {
  const extension = extname(path).toLowerCase()
  return /^\.[a-z0-9]{1,8}$/.test(extension) ? extension : otherwise
}
