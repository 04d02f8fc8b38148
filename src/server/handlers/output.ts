/**
 * What a run printed, by lines: `GET /api/run/:id/output` and `GET /api/run/:id/output/find`.
 */
import { findOutputStep, findOutputText, readOutputLines } from '../../ops/read/read-output-lines.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import type { WireFoundLines, WireOutput } from '../wire.ts'

const USUAL_LINES = 500
const MOST_LINES = 2000
const MOST_PLACE = Number.MAX_SAFE_INTEGER

/** A window of lines. */
export const outputHandler: JsonHandler = async (
  { repository, caches },
  { parts: [revision = ''], query },
): Promise<WireOutput> => {
  const { stream, lines, ...window } = await readOutputLines(repository, caches.output, {
    revision,
    stream: query.one('stream'),
    from: query.count('from', 0, MOST_PLACE),
    count: query.count('count', USUAL_LINES, MOST_LINES),
  })
  return { ...window, stream: stream ?? null, lines: lines.map((line) => ({ ...line, mark: line.mark ?? null })) }
}

/** Lines with a text, or the one nearest a step. */
export const findOutputHandler: JsonHandler = async (
  { repository, caches },
  { parts: [revision = ''], query },
): Promise<WireFoundLines> => {
  const [stream, text, step] = [query.one('stream'), query.one('search'), query.number('step')]
  if ((text === undefined) === (step === undefined)) throw badRequest("either 'search' or 'step' says what to find")
  const found =
    text === undefined
      ? await findOutputStep(repository, caches.output, { revision, stream, step: step ?? 0 })
      : await findOutputText(repository, caches.output, { revision, stream, text })
  return { ...found, stream: found.stream ?? null, by: found.by ?? null }
}
