/**
 * The files of runs that a site has: those that its pages show, when they are small.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import { Failure } from '../../domain/failure.ts'
import type { RunDescription } from '../../ops/read/describe-run.ts'
import { openRunFile } from '../../ops/read/open-run-file.ts'
import type { Repository } from '../../ops/repository/repository.ts'
import { typeOf } from '../../server/handlers/file.ts'
import { fileDocument } from '../site-document.ts'
import type { FileDocument } from '../site-document.ts'
import type { SitePart } from './site-part.ts'

/** Which files a site has. */
export interface FileChoice {
  /** Larger files are left out; 0 for no file at all. */
  readonly mostBytes: number
}

/** What came of files. */
export interface FileTally {
  /** Files of runs that the site has, equal ones once, and their bytes. */
  files: number
  fileBytes: number
  /** Files of runs that the pages would show, but that are too large. */
  leftOut: number
  /** Files that neither this clone nor its store has. */
  missing: number
}

/** What gathering files goes by. */
export interface FileGathering {
  readonly choice: FileChoice
  readonly tally: FileTally
  /** Digests of files that the site has already. */
  readonly known: Set<string>
  /** Files that are in this clone. */
  readonly present: ReadonlySet<ArtifactFile>
}

const SHOWN = /\.(?:png|jpe?g|gif|webp|csv|tsv|jsonl?|parquet|ya?ml|toml|ini|txt|md|log)$/i

/** The files of a run that its pages show, whatever their size. */
export function shownFiles({ row, files, media }: RunDescription): readonly ArtifactFile[] {
  const logged = new Set<string>(
    [...(media?.images ?? []), ...(media?.tables ?? []), ...(media?.texts ?? [])].map(({ path }) => path),
  )
  // The points of series are part of a site already.
  return files.filter(({ path }) => path !== row.run.seriesFull && (logged.has(path) || SHOWN.test(path)))
}

/** Gathers the files of a run; returns the digests of those that the site has, by path. */
export async function* gatherFiles(
  repository: Repository,
  description: RunDescription,
  { choice, tally, known, present }: FileGathering,
): AsyncGenerator<SitePart, { readonly [path: string]: string }> {
  if (choice.mostBytes === 0) return {}
  const chosen: [path: string, sha256: string][] = []
  for (const file of shownFiles(description)) {
    if (file.sizeBytes > choice.mostBytes) {
      tally.leftOut += 1
      continue
    }
    if (!known.has(file.sha256)) {
      const document = present.has(file) ? await readDocument(repository, description.row.run.id, file) : undefined
      if (document === undefined) {
        tally.missing += 1
        continue
      }
      known.add(file.sha256)
      tally.files += 1
      tally.fileBytes += file.sizeBytes
      yield { name: fileDocument(file.sha256), document }
    }
    chosen.push([file.path, file.sha256])
  }
  return Object.fromEntries(chosen)
}

/** `undefined` for a file that cannot be had. */
async function readDocument(
  repository: Repository,
  run: string,
  { path, sizeBytes }: ArtifactFile,
): Promise<FileDocument | undefined> {
  try {
    const found = await openRunFile(repository, run, path)
    const chunks: Uint8Array[] = []
    for await (const chunk of found.read(0, sizeBytes)) chunks.push(chunk)
    return { type: await typeOf(found), base64: Buffer.concat(chunks).toString('base64') }
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}
