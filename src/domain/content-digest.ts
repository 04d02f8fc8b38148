/**
 * Content digests: two versions with the same one are the same model, whatever run made them.
 */
import type { Brand } from '../base/brand.ts'
import { canonicalJson } from '../base/canonical-json.ts'
import { sha256Of } from '../base/digest.ts'
import type { Sha256 } from '../base/digest.ts'
import { compareText } from '../base/order.ts'
import { valueMap } from '../base/value.ts'
import type { Scalar, Value } from '../base/value.ts'
import type { ArtifactFile } from './artifact.ts'
import type { Dataset } from './dataset.ts'
import type { ModelName } from './name.ts'
import type { Parameters, ParameterValue } from './parameter.ts'

/** `mlv1:` and 64 lower-case hex digits. */
export type ContentDigest = Brand<string, 'ContentDigest'>

const CONTENT_DIGEST = /^mlv1:[0-9a-f]{64}$/

/** Reads a content digest; `undefined` for anything but `mlv1:` and 64 lower-case hex digits. */
export function parseContentDigest(text: string): ContentDigest | undefined {
  return CONTENT_DIGEST.test(text) ? (text as ContentDigest) : undefined
}

/** All that decides what a version is. Environment and metrics are outcomes or circumstances, and not in it. */
export interface VersionContent {
  /** Paths relative to the model's folder, in any order. */
  readonly files: readonly Pick<ArtifactFile, 'path' | 'sha256' | 'sizeBytes'>[]
  readonly model: ModelName
  readonly parameters: Parameters
  /** Only what is pinned counts: a dataset without a digest cannot tell two versions apart. */
  readonly datasets: readonly Dataset[]
  /** Digest over the code's sorted (mode, path, sha256); `null` when the run had no code. */
  readonly codeDigest: Sha256 | null
}

/** Digests the content of a version: `mlv1:` and the SHA-256 of its RFC 8785 JSON. Blind to the order of lists. */
export function contentDigestOf(content: VersionContent): ContentDigest {
  const files = [...content.files].sort((left, right) => compareText(left.path, right.path))
  const value = valueMap({
    files: files.map(({ path, sha256, sizeBytes }) => [path, sha256, BigInt(sizeBytes)]),
    model: content.model,
    parameters: new Map([...content.parameters].map(([key, parameter]) => [key, parameterValue(parameter)])),
    data: [...new Set(content.datasets.flatMap(pinText))].sort(compareText),
    code: content.codeDigest,
  })
  return `mlv1:${sha256Of(canonicalJson(value))}` as ContentDigest
}

function pinText({ pin }: Dataset): readonly string[] {
  if (pin === undefined) return []
  return [pin.kind === 'sha256' ? `sha256:${pin.sha256}` : `${pin.scheme}:${pin.id}`]
}

function parameterValue(value: ParameterValue): Value {
  return Array.isArray(value) ? value.map(scalarValue) : scalarValue(value as Scalar)
}

/** JSON has no infinities and no NaN; as mappings they cannot be taken for strings that read alike. */
function scalarValue(value: Scalar): Value {
  return typeof value === 'number' && !Number.isFinite(value) ? valueMap({ float: String(value) }) : value
}
