/**
 * The commit message of an operation: a subject, free text, and trailers that carry the facts.
 *
 * Only the last paragraph is read for trailers and free text never gets into it, so no name, message or reason that
 * someone typed can pass for a fact. `parseOperation` takes back all that `formatOperation` wrote.
 */
import { printable } from '../base/printable.ts'
import type { VersionReference } from './alias.ts'
import { isFailure } from './failure.ts'
import { parseVersionNumber, parseVersionUid } from './model-version.ts'
import { parseModelName } from './name.ts'
import type { ModelName } from './name.ts'
import { parseOperationId } from './operation.ts'
import type { Operation } from './operation.ts'
import { parseRunId } from './run.ts'

type RecordedKind = Operation['kind']

const KINDS: { readonly [Kind in RecordedKind]: true } = {
  init: true,
  commit: true,
  recover: true,
  promote: true,
  rollback: true,
  revert: true,
  retire: true,
  note: true,
  view: true,
  migrate: true,
}

/**
 * Writes the whole commit message, ending in a newline. Control and hidden characters of subject and body are escaped
 * (line breaks and tabs of the body are kept); white space around either is dropped.
 */
export function formatOperation(operation: Operation): string {
  const subject = printable(operation.subject.trim())
  const body = bodyText(operation.body ?? '')
  const paragraphs = [subject === '' ? operation.kind : subject, body, trailerLines(operation).join('\n')]
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`
}

/** Reads the commit message of an operation; `undefined` for a message that is not one of mlv's own. */
export function parseOperation(message: string): Operation | undefined {
  const paragraphs = message.replaceAll('\r\n', '\n').trim().split('\n\n')
  const trailers = readTrailers(paragraphs.at(-1) ?? '')
  const kind = parseKind(onlyOne(trailers.get('Mlv-Op')))
  const id = parseOperationId(onlyOne(trailers.get('Mlv-Op-Id')) ?? '')
  const facts = readFacts(trailers)
  if (kind === undefined || id === undefined || facts === undefined || paragraphs.length < 2) return undefined
  const body = paragraphs.slice(1, -1).join('\n\n')
  return { id, kind, subject: paragraphs[0] ?? '', ...(body === '' ? {} : { body }), ...facts }
}

function bodyText(body: string): string {
  const lines = body.trim().split(/\r\n|\r|\n/)
  return lines.map((line) => line.split('\t').map(printable).join('\t').trimEnd()).join('\n')
}

function trailerLines({ id, kind, model, runs, version, reverts }: Operation): readonly string[] {
  return [
    `Mlv-Op: ${kind}`,
    `Mlv-Op-Id: ${id}`,
    ...(model === undefined ? [] : [`Mlv-Model: ${model}`]),
    ...(runs ?? []).map((run) => `Mlv-Run: ${run}`),
    ...(version === undefined ? [] : [`Mlv-Version: v${version.number} ${version.uid}`]),
    ...(reverts === undefined ? [] : [`Mlv-Reverts: ${reverts}`]),
  ]
}

type Trailers = ReadonlyMap<string, readonly string[]>

/** Trailers of other tools, such as `Signed-off-by`, may stand between ours. */
function readTrailers(paragraph: string): Trailers {
  const trailers = new Map<string, readonly string[]>()
  for (const line of paragraph.split('\n')) {
    const colon = line.indexOf(': ')
    const key = line.slice(0, Math.max(0, colon))
    trailers.set(key, [...(trailers.get(key) ?? []), line.slice(colon + 2).trim()])
  }
  return trailers
}

/** The facts besides kind and id; `undefined` when one of them cannot be read. */
function readFacts(trailers: Trailers): Pick<Operation, 'model' | 'runs' | 'version' | 'reverts'> | undefined {
  const model = readOptional(trailers.get('Mlv-Model'), readModel)
  const runs = (trailers.get('Mlv-Run') ?? []).map(parseRunId).filter((run) => run !== undefined)
  const version = readOptional(trailers.get('Mlv-Version'), readVersion)
  const reverts = readOptional(trailers.get('Mlv-Reverts'), parseOperationId)
  const areRunsRead = runs.length === (trailers.get('Mlv-Run') ?? []).length
  if (model === 'unreadable' || version === 'unreadable' || reverts === 'unreadable' || !areRunsRead) return undefined
  return {
    ...(model === undefined ? {} : { model }),
    ...(runs.length === 0 ? {} : { runs }),
    ...(version === undefined ? {} : { version }),
    ...(reverts === undefined ? {} : { reverts }),
  }
}

function readOptional<Fact>(
  values: readonly string[] | undefined,
  read: (text: string) => Fact | undefined,
): Fact | undefined | 'unreadable' {
  return values === undefined ? undefined : (read(onlyOne(values) ?? '') ?? 'unreadable')
}

function readModel(text: string): ModelName | undefined {
  try {
    return parseModelName(text)
  } catch (caught) {
    if (isFailure(caught, 'name-invalid')) return undefined
    throw caught
  }
}

function readVersion(text: string): VersionReference | undefined {
  const [label = '', uidText = '', ...rest] = text.split(' ')
  const number = label.startsWith('v') ? parseVersionNumber(label) : undefined
  const uid = parseVersionUid(uidText)
  return number === undefined || uid === undefined || rest.length > 0 ? undefined : { number, uid }
}

function parseKind(text: string | undefined): RecordedKind | undefined {
  return text !== undefined && Object.hasOwn(KINDS, text) ? (text as RecordedKind) : undefined
}

function onlyOne(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined
}
