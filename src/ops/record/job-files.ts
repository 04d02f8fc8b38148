/**
 * Files that a job of a continuous integration hands to the next one, or to the page of the job.
 */
import { isAbsolute, join } from 'node:path'
import type { ReportView } from '../../domain/review/report-view.ts'
import { stepOutputLines } from '../../domain/review/step-output.ts'
import type { StepOutput } from '../../domain/review/step-output.ts'
import { decodeReport } from '../../store/documents/report-document.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import type { OpenOptions } from '../repository/repository.ts'
import type { Files } from '../../store/files/files.ts'
import { writeFileDurably } from '../../store/files/safe-write.ts'
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import { readInputText } from '../../store/inputs/input-text.ts'

/** The disk, and the folder relative paths start from. */
export interface JobPlace {
  readonly files: Files
  readonly folder: string
}

const PERMISSIONS = 0o644

/** The place of a command that may have no repository. */
export function jobPlace({ files = nodeFiles, folder }: Pick<OpenOptions, 'files' | 'folder'>): JobPlace {
  return { files, folder }
}

/** Reads a report that another job wrote. @throws `file-not-found`, `document-malformed`, `format-newer` */
export async function readReport(place: JobPlace, path: string): Promise<ReportView> {
  return decodeReport(await readText(place, path), path)
}

/** Reads a whole text file. @throws `file-not-found`, `limit-exceeded`, `document-malformed` */
function readText({ files, folder }: JobPlace, path: string): Promise<string> {
  return readInputText(files, absolute(folder, path), 'report')
}

/** Writes lines to a file, over one that is there. @throws what the disk refuses */
export async function writeText({ files, folder }: JobPlace, path: string, lines: readonly string[]): Promise<void> {
  const file = absolute(folder, path)
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`)
  await withDiskFailures(file, 'writing', () =>
    writeFileDurably(files, file, bytes, { permissions: PERMISSIONS, replace: true }),
  )
}

/** Adds lines to a file that others write to as well; without a path there is nothing to add to. */
export async function appendText(place: JobPlace, path: string | undefined, lines: readonly string[]): Promise<void> {
  if (path === undefined || path === '') return
  const { files, folder } = place
  const file = absolute(folder, path)
  const before = (await files.stat(file)) === undefined ? '' : Buffer.from(await files.readFile(file)).toString('utf8')
  await writeText(place, path, [...(before === '' ? [] : [before.replace(/\n$/, '')]), ...lines])
}

const DELIMITER_BYTES = 16

/** Sets outputs of the step mlv runs in, for later steps; outside of a step there is nobody to set them for. */
export async function setOutputs(options: OpenOptions, outputs: readonly StepOutput[]): Promise<void> {
  const { entropy, variables } = options
  const draw = (): string => `mlv-${Buffer.from(entropy.randomBytes(DELIMITER_BYTES)).toString('hex')}`
  await appendText(jobPlace(options), variables['GITHUB_OUTPUT'], stepOutputLines(outputs, draw))
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}
