/**
 * The job of a continuous integration that mlv runs in.
 */
import { readCiJob } from '../../domain/review/ci-job.ts'
import type { CiJob } from '../../domain/review/ci-job.ts'
import type { Files } from '../../store/files/files.ts'
import { readTextIfAny } from '../../store/inputs/input-text.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'

/** What an event of a forge may come to. */
const LIMIT_EVENT_BYTES = 8 * 1024 * 1024

/** Reads the job; `undefined` outside of one. @throws `document-malformed` for an event that is no JSON */
export async function currentCiJob(
  files: Files,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<CiJob | undefined> {
  const path = variables['GITHUB_EVENT_PATH']
  const text = path === undefined ? undefined : await readTextIfAny(files, path, LIMIT_EVENT_BYTES)
  return readCiJob(variables, text === undefined ? undefined : readStrictJson(text, 'the event of the job'))
}
