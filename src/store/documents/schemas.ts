/**
 * The published JSON Schemas, compiled on first use. Decoders do not need them; they are for `mlv verify`, for tests,
 * and for readers in other languages.
 *
 * Importing this file loads ajv: import it only where documents are checked against their schemas.
 */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { AnySchemaObject, ValidateFunction } from 'ajv/dist/2020.js'
import alias from '../../../schemas/alias.schema.json' with { type: 'json' }
import common from '../../../schemas/common.schema.json' with { type: 'json' }
import config from '../../../schemas/config.schema.json' with { type: 'json' }
import environment from '../../../schemas/environment.schema.json' with { type: 'json' }
import files from '../../../schemas/files.schema.json' with { type: 'json' }
import journal from '../../../schemas/journal.schema.json' with { type: 'json' }
import logLine from '../../../schemas/log-line.schema.json' with { type: 'json' }
import model from '../../../schemas/model.schema.json' with { type: 'json' }
import notes from '../../../schemas/notes.schema.json' with { type: 'json' }
import receipt from '../../../schemas/receipt.schema.json' with { type: 'json' }
import run from '../../../schemas/run.schema.json' with { type: 'json' }
import series from '../../../schemas/series.schema.json' with { type: 'json' }
import settings from '../../../schemas/settings.schema.json' with { type: 'json' }
import state from '../../../schemas/state.schema.json' with { type: 'json' }
import tensors from '../../../schemas/tensors.schema.json' with { type: 'json' }
import version from '../../../schemas/version.schema.json' with { type: 'json' }
import view from '../../../schemas/view.schema.json' with { type: 'json' }
import { isValueList, isValueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'

const SCHEMAS = {
  alias,
  config,
  environment,
  files,
  journal,
  'log-line': logLine,
  model,
  notes,
  receipt,
  run,
  series,
  settings,
  state,
  tensors,
  version,
  view,
} as const

/** The name of a document that has a schema. */
export type SchemaName = keyof typeof SCHEMAS

/** All names of documents that have a schema, sorted. */
export const SCHEMA_NAMES: readonly SchemaName[] = [
  'alias',
  'config',
  'environment',
  'files',
  'journal',
  'log-line',
  'model',
  'notes',
  'receipt',
  'run',
  'series',
  'settings',
  'state',
  'tensors',
  'version',
  'view',
]

/** Checks a document against its schema: a sentence a problem, none when it is valid. */
export function schemaProblems(name: SchemaName, value: Value): readonly string[] {
  return problemsAgainst(SCHEMAS[name], value)
}

/**
 * Checks a value against any schema of 2020-12.
 *
 * @param shared schemas it refers to by `$id`, besides `common.schema.json`, which it always may.
 */
export function problemsAgainst(
  schema: AnySchemaObject,
  value: Value,
  shared: readonly AnySchemaObject[] = [],
): readonly string[] {
  const validate = compiled.get(schema) ?? compile(schema, shared)
  if (validate(plainOf(value))) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? 'is not valid'}`)
}

const compiled = new WeakMap<AnySchemaObject, ValidateFunction>()

function compile(schema: AnySchemaObject, shared: readonly AnySchemaObject[]): ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTuples: false,
    allowUnionTypes: true,
    allErrors: true,
  })
  const validate = ajv.addSchema([common, ...shared]).compile(schema)
  compiled.set(schema, validate)
  return validate
}

/** JSON as JavaScript has it: integers as numbers, NaN and infinities as strings. */
function plainOf(value: Value): unknown {
  if (isValueList(value)) return value.map(plainOf)
  // `fromEntries` defines members and never assigns, so a key called `__proto__` is only a key.
  if (isValueMap(value)) return Object.fromEntries([...value].map(([key, member]) => [key, plainOf(member)]))
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value
}
