/**
 * `mlv get`: files of a version from a remote, without a clone.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { getVersion } from '../../src/ops/models/get-version.ts'
import type { GetReport } from '../../src/ops/models/get-version.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { showTransfers } from '../format/transfer-progress.ts'
import { integer, listJson, maybe } from '../json/json-members.ts'
import { versionJson } from '../json/model-json.ts'
import { flag, list, required, text } from '../option.ts'

/** The command. */
export const getCommand = defineCommand({
  name: 'get',
  summary: 'Get files of a version without a clone',
  details: [
    'Fetches the records that lead to the version, and of its files only those asked for; each is verified against',
    'its digest before it takes its place. A tensor of a safetensors file is read by its range alone, verified, and',
    'written as a safetensors file of its own.',
  ],
  arguments: {
    version: required('url#version', 'a remote as git takes it, and a version such as churn@production'),
  },
  options: {
    file: list('--file <path>...', 'only this file, a path below the model; may be repeated'),
    tensor: text('--tensor <name>', 'only this tensor of a safetensors file'),
    to: text('--to <dir>', 'put it into this folder, not the current one'),
    force: flag('--force', 'overwrite files with other content'),
  },
  examples: [
    { line: 'mlv get https://git.example/team/churn.git#churn@production', does: 'all files, into the current folder' },
    { line: 'mlv get git@git.example:team/churn.git#churn@v12 --file config.json', does: 'one file of version 12' },
    { line: 'mlv get ../churn#churn@latest --tensor head.weight', does: 'one tensor, as head.weight.safetensors' },
  ],
  run: async ({ output, openOptions }, { version }, { file, ...options }) => {
    const onProgress = showTransfers(output, () => openOptions.clock.elapsedMs())
    const report = await getVersion(openOptions, version, { ...options, files: file, onProgress })
    output.progress('')
    output.answer(
      () => getJson(report),
      () => getText(report),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function getJson({ version, destination, written, unchanged, sizeBytes, tensor }: GetReport): ValueMap {
  return valueMap({
    version: versionJson(version),
    destination,
    written,
    unchanged,
    sizeBytes: integer(sizeBytes),
    tensor: maybe(tensor, ({ name, dtype, shape, sha256 }) =>
      valueMap({ name, dtype, shape: listJson(shape, integer), sha256 }),
    ),
  })
}

/** The report for people. */
export function getText({ version, destination, written, unchanged, sizeBytes, tensor }: GetReport): readonly Line[] {
  const kept = unchanged.length === 0 ? '' : `, ${unchanged.length} of them already there`
  const what = tensor === undefined ? countText(written.length + unchanged.length, 'file') : `tensor ${tensor.name}`
  const label = styled('strong', `${version.model}@v${version.number}`)
  return [[label, `: ${what}, ${bytesText(sizeBytes)}${kept}, verified, in ${destination}`]]
}
