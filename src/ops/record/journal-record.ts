/**
 * A whole run in its journal: written before the branch is touched, read back by recovery.
 *
 * Law: what is read back seals to the same bytes as the record that was written.
 */
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { sha256Of } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import { jsonText } from '../../base/json-text.ts'
import { valueMap } from '../../base/value.ts'
import { parseModelName } from '../../domain/name.ts'
import { parseOid } from '../../domain/oid.ts'
import { NO_NOTES } from '../../domain/run.ts'
import { fieldsOf, flagValue, listOf, oneOf, optional, required, textAs, textBy } from '../../store/documents/decode.ts'
import type { Decoder } from '../../store/documents/decode.ts'
import { decodeEnvironment, encodeEnvironment } from '../../store/documents/environment-manifest.ts'
import { decodeFiles, encodeFiles, encodeTensors } from '../../store/documents/files-manifest.ts'
import { rulesOf, rulesValue } from '../../store/documents/metric-fields.ts'
import { decodeNotes, encodeNotes } from '../../store/documents/notes-manifest.ts'
import { decodeRun, encodeRun } from '../../store/documents/run-manifest.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'
import type { JournalEvent } from '../../store/journal/journal-event.ts'
import { startJournal } from '../../store/journal/journal.ts'
import type { Journal } from '../../store/journal/journal.ts'
import type { Repository } from '../repository/repository.ts'
import type { ModelRequest, RunRecord } from '../repository/run-edits.ts'

/** What sealing needs besides the documents of the run itself. */
const SEAL = 'seal.json'

/** The folder of the environments of later stretches. */
const ENVIRONMENTS = 'environments/'

type Documents = ReadonlyMap<string, string>

/** Writes a record into a journal of its own. It is durable when this returns. */
export async function journalRecord(repository: Repository, record: RunRecord): Promise<Journal> {
  return startJournal(repository.journals, record.run.id, [recordEvent(record)])
}

/** A record as one event. */
export function recordEvent(record: RunRecord): JournalEvent {
  const tensors = encodeTensors(record.files)
  const documents = new Map([
    ['run.yaml', textOf(encodeRun(record.run))],
    ['environment.yaml', textOf(encodeEnvironment(record.environment))],
    ['files.yaml', textOf(encodeFiles(record.files))],
    ['notes.yaml', textOf(encodeNotes(record.notes))],
    [SEAL, sealText(record)],
  ])
  for (const environment of record.environments ?? []) {
    const bytes = encodeEnvironment(environment)
    documents.set(`${ENVIRONMENTS}${sha256Of(bytes)}.yaml`, textOf(bytes))
  }
  if (tensors !== undefined) documents.set('tensors.json', textOf(tensors))
  if (record.series !== undefined) documents.set('series.json', textOf(record.series))
  const inline = new Map<string, string>()
  for (const [path, bytes] of record.inline) inline.set(path, Buffer.from(bytes).toString('base64'))
  return { kind: 'documents', documents, inline }
}

/** Reads a record from the documents of a journal. @throws `document-malformed`, `format-newer` */
export function recordOf(documents: Documents, inline: Documents): RunRecord {
  const tensors = documents.get('tensors.json')
  const notes = documents.get('notes.yaml')
  const series = documents.get('series.json')
  const files = decodeFiles(
    bytesOf(documents, 'files.yaml'),
    'files.yaml',
    tensors === undefined ? undefined : Buffer.from(tensors),
  )
  return {
    run: decodeRun(bytesOf(documents, 'run.yaml'), 'run.yaml'),
    environment: decodeEnvironment(bytesOf(documents, 'environment.yaml'), 'environment.yaml'),
    notes: notes === undefined ? NO_NOTES : decodeNotes(Buffer.from(notes), 'notes.yaml'),
    series: series === undefined ? undefined : Buffer.from(series),
    files,
    inline: inlineOf(inline),
    ...environmentsIn(documents),
    ...sealOf(readStrictJson(documents.get(SEAL) ?? '', SEAL), { file: SEAL }),
  }
}

function environmentsIn(documents: Documents): Pick<RunRecord, 'environments'> {
  const names = [...documents.keys()].filter((name) => name.startsWith(ENVIRONMENTS)).sort(compareText)
  if (names.length === 0) return {}
  return { environments: names.map((name) => decodeEnvironment(bytesOf(documents, name), name)) }
}

function inlineOf(inline: Documents): ReadonlyMap<ArtifactPath, Uint8Array> {
  return new Map([...inline].map(([path, text]) => [parseArtifactPath(path), Buffer.from(text, 'base64')]))
}

function sealText({ store, keepCode, keepAlso, rules, model }: RunRecord): string {
  const request =
    model === undefined
      ? undefined
      : valueMap({
          name: model.name,
          path: model.path,
          newVersion: model.newVersion,
          seedRules: rulesValue(model.seedRules),
        })
  return jsonText(valueMap({ store, keepCode, keepAlso, rules: rules && rulesValue(rules), model: request }))
}

const sealOf: Decoder<Pick<RunRecord, 'store' | 'keepCode' | 'keepAlso' | 'rules' | 'model'>> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const keepCode = optional(fields, 'keepCode', oidValue)
  const keepAlso = optional(fields, 'keepAlso', listOf(oidValue))
  const rules = optional(fields, 'rules', rulesOf)
  const model = optional(fields, 'model', requestOf)
  return {
    store: required(fields, 'store', oneOf('lfs', 's3', 'dir')),
    ...(keepCode === undefined ? {} : { keepCode }),
    ...(keepAlso === undefined ? {} : { keepAlso }),
    ...(rules === undefined ? {} : { rules }),
    ...(model === undefined ? {} : { model }),
  }
}

const oidValue = textAs(parseOid, 'a git object name')

const requestOf: Decoder<ModelRequest> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    name: required(fields, 'name', textBy(parseModelName)),
    path: required(fields, 'path', textBy(parseArtifactPath)),
    newVersion: required(fields, 'newVersion', flagValue),
    seedRules: required(fields, 'seedRules', rulesOf),
  }
}

function bytesOf(documents: Documents, name: string): Uint8Array {
  return Buffer.from(documents.get(name) ?? '')
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
