/**
 * What a path of the tree is to a merge: which files go together, and which rule decides when both sides changed them.
 */
import { isFailure } from './failure.ts'
import { parseVersionNumber } from './model-version.ts'
import type { VersionNumber } from './model-version.ts'
import { parseAliasName, parseModelName } from './name.ts'
import type { AliasName, ModelName } from './name.ts'
import { parseRunId } from './run.ts'
import type { RunId } from './run.ts'
import type { MergeShape } from './merge-values.ts'

/** The smallest part of the tree that is merged at once. */
export type MergeUnit =
  /** A folder of a run: immutable but for its notes. */
  | { readonly kind: 'run'; readonly run: RunId }
  /** A folder of a version: immutable but for its state and receipts; its number is only a label. */
  | { readonly kind: 'version'; readonly model: ModelName; readonly number: VersionNumber }
  /** A file that names a version: compared and set. */
  | { readonly kind: 'alias'; readonly model: ModelName; readonly alias: AliasName }
  /** A mapping that is merged member by member. */
  | { readonly kind: 'document'; readonly shape: MergeShape }
  /** Any other file, whole. */
  | { readonly kind: 'file' }

/** Members of `notes.yaml`. */
export const NOTES_SHAPE: MergeShape = { sets: ['tags'], wholes: [] }

/** Members of `state.yaml`. */
export const STATE_SHAPE: MergeShape = { sets: ['tags', 'runs'], wholes: ['retired'] }

const MODEL_SHAPE: MergeShape = { sets: ['owners'], wholes: [] }
const VIEW_SHAPE: MergeShape = { sets: [], wholes: [] }

const RUN = /^runs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/([^/]+)$/
const VERSION = /^models\/([^/]+)\/versions\/([^/]+)$/
const ALIAS = /^models\/([^/]+)\/aliases\/([^/]+)\.yaml$/
const MODEL = /^models\/[^/]+\/model\.yaml$/
const VIEW = /^views\/[^/]+\.yaml$/

/** The unit a folder is as a whole; `undefined` for one whose entries are units of their own. */
export function folderUnit(path: string): MergeUnit | undefined {
  const run = parseRunId(RUN.exec(path)?.[1] ?? '')
  if (run !== undefined) return { kind: 'run', run }
  const [, modelText = '', numberText = ''] = VERSION.exec(path) ?? []
  const model = named(parseModelName, modelText)
  const number = /^[0-9]+$/.test(numberText) ? parseVersionNumber(numberText) : undefined
  return model === undefined || number === undefined ? undefined : { kind: 'version', model, number }
}

/** The unit a file outside the folders of runs and versions is. */
export function fileUnit(path: string): MergeUnit {
  if (MODEL.test(path)) return { kind: 'document', shape: MODEL_SHAPE }
  if (VIEW.test(path)) return { kind: 'document', shape: VIEW_SHAPE }
  const [, modelText = '', aliasText = ''] = ALIAS.exec(path) ?? []
  const model = named(parseModelName, modelText)
  const alias = named(parseAliasName, aliasText)
  return model === undefined || alias === undefined ? { kind: 'file' } : { kind: 'alias', model, alias }
}

function named<Name>(parse: (text: string) => Name, text: string): Name | undefined {
  try {
    return parse(text)
  } catch (caught) {
    if (isFailure(caught, 'name-invalid')) return undefined
    throw caught
  }
}
