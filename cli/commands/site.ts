/**
 * `mlv site`: the pages of `mlv ui` as files that need no server.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageManifest from '../../package.json' with { type: 'json' }
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import type { SitePlace, SiteReport } from '../../src/site/make/make-site.ts'
import type { SiteAssets } from '../../src/site/make/site-page.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { integer } from '../json/json-members.ts'
import { count, flag, size, text } from '../option.ts'

/** The command. */
export const siteCommand = defineCommand({
  name: 'site',
  summary: 'Write runs and models as pages that need no server',
  details: [
    'The pages of mlv ui as files: open index.html from a disk, or put the folder on any host of pages. They are of',
    'the branch as it is, can be read and not written, and the same branch gives the same bytes. Runs that are still',
    'being written are left out. Of the files of runs they have images, tables and texts, if they are small.',
    'Whoever has the files can read the records of the runs that were chosen.',
  ],
  arguments: {},
  options: {
    output: text('-o, --output <dir>', 'the folder to write, site when absent; a former site is replaced'),
    oneFile: text('--one-file <file>', 'write one HTML file instead of a folder'),
    title: text('--title <text>', 'what the pages are called; the name of the repository when absent'),
    filter: text('-f, --filter <expression>', 'only runs that match, as in mlv ls'),
    experiment: text('--experiment <name>', 'only runs of an experiment'),
    limit: count('-n, --limit <number>', 'only the newest of them'),
    files: size('--files <size>', 'have files of runs up to a size, 256KiB when absent'),
    noFiles: flag('--no-files', 'have no files of runs; the ends of their output stay'),
  },
  examples: [
    { line: 'mlv site', does: 'write the folder site; open site/index.html' },
    { line: 'mlv site --one-file report.html --limit 200', does: 'one file to send or to attach' },
    { line: 'mlv site -o public --experiment churn --no-files', does: 'for a host of pages, without any file' },
  ],
  run: async ({ output, withRepository }, _, options) => {
    const place = placeOf(options)
    const report = await withRepository(async (repository) => {
      const { makeSite } = await import('../../src/site/make/make-site.ts')
      const { filter, experiment, limit, title, files, noFiles } = options
      const wish = {
        ...(filter === undefined ? {} : { filter }),
        ...(experiment === undefined ? {} : { experiment }),
        ...(limit === undefined ? {} : { limit }),
        title: title ?? (await titleOf(repository)),
        files: { mostBytes: noFiles ? 0 : (files ?? USUAL_FILE_BYTES) },
        mlvVersion: packageManifest.version,
      }
      return makeSite(repository, place, wish, {
        assets: readAssets(),
        onRun: (done, all) => {
          if (output.drawsProgress && done % 50 === 0) output.progress(`wrote ${done} of ${countText(all, 'run')}`)
        },
      })
    })
    output.progress('')
    output.answer(
      () => siteJson(place, report),
      () => [[summaryOf(place, report)]],
    )
    output.talk(...notesOf(report))
    return EXIT.ok
  },
})

const USUAL_FILE_BYTES = 256 * 1024

/** What was written, as JSON. */
export function siteJson(place: SitePlace, { written, tally, tip }: SiteReport): ValueMap {
  return valueMap({
    kind: place.kind,
    path: place.path,
    tip,
    runs: integer(tally.runs),
    models: integer(tally.models),
    files: integer(written.files),
    sizeBytes: integer(written.sizeBytes),
    recorded: valueMap({
      files: integer(tally.files),
      sizeBytes: integer(tally.fileBytes),
      leftOut: integer(tally.leftOut),
      missing: integer(tally.missing),
    }),
    incompleteRuns: integer(tally.incomplete),
  })
}

function placeOf({ output, oneFile }: { readonly output?: string; readonly oneFile?: string }): SitePlace {
  if (output !== undefined && oneFile !== undefined) {
    throw refuse('usage-invalid', { problem: '--output names a folder and --one-file a file: give one of them' })
  }
  return oneFile === undefined ? { kind: 'folder', path: output ?? 'site' } : { kind: 'file', path: oneFile }
}

function summaryOf(place: SitePlace, { written, tally }: SiteReport): string {
  const what = `${countText(tally.runs, 'run')} and ${countText(tally.models, 'model')}`
  const size = bytesText(written.sizeBytes)
  return place.kind === 'file'
    ? `wrote ${place.path}: ${what}, ${size}`
    : `wrote ${join(place.path, 'index.html')}: ${what} in ${countText(written.files, 'file')}, ${size}`
}

function notesOf({ tally: { leftOut, missing, incomplete } }: SiteReport): readonly Line[] {
  const notes: string[] = []
  if (leftOut > 0) notes.push(`${countText(leftOut, 'file')} of runs left out: larger than --files allows`)
  if (missing > 0)
    notes.push(`${countText(missing, 'file')} of runs left out: neither this clone nor its store has them`)
  if (incomplete > 0)
    notes.push(`${countText(incomplete, 'run')} with summaries of series: their points are not in this clone`)
  return notes.map((note) => [styled('warning', 'note: '), note])
}

/** The name that clones share: that of the remote they came from, else that of their folder. */
async function titleOf(repository: Repository): Promise<string> {
  const { originName } = await import('../../src/ops/read/origin-name.ts')
  return (await originName(repository)) ?? basename(repository.worktree ?? repository.commonDir)
}

/** The pages, as they were built beside this program. */
function readAssets(): SiteAssets {
  const folders = ['./ui/', '../../dist/ui/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
  const folder = folders.find((each) => existsSync(join(each, 'site.js')))
  if (folder === undefined) throw new Error('the pages are not beside the program; install mlv again')
  const read = (name: keyof SiteAssets): string => readFileSync(join(folder, name), 'utf8')
  return {
    'index.html': read('index.html'),
    'app.css': read('app.css'),
    'app.js': read('app.js'),
    'site.js': read('site.js'),
  }
}
