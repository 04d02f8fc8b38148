/**
 * The published schemas of --json documents, compiled.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'

const FOLDER = join(import.meta.dirname, '..', '..', 'schemas')

/** The parts of a schema a test looks at. */
export interface Schema {
  readonly $id: string
  readonly title: string
  readonly examples?: readonly unknown[]
}

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true })
for (const name of ['common', 'cli-common']) ajv.addSchema(readSchema(name))

/** Names of all schemas of documents that commands print: `commit`, `ls`, ..., `error`. */
export function documentNames(): readonly string[] {
  const names = readdirSync(FOLDER).map((file) => /^cli-(.*)\.schema\.json$/.exec(file)?.[1])
  return names.filter((name) => name !== undefined && name !== 'common').map(String)
}

/** Reads the schema of a command's document. */
export function documentSchema(name: string): Schema {
  return readSchema(`cli-${name}`)
}

/** Checks a document against the schema of a command; no problems when it is valid. */
export function documentProblems(name: string, document: unknown): readonly string[] {
  const validate = ajv.getSchema(`cli-${name}.schema.json`) ?? ajv.compile(documentSchema(name))
  if (validate(document) === true) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? 'is not valid'}`)
}

function readSchema(name: string): Schema {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.schema.json`), 'utf8')) as Schema
}
