/**
 * `mlv estimate`: what a compact store would keep of files that follow on others.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { estimateStorage } from '../../src/ops/share/estimate-storage.ts'
import type { FormEstimate, StorageEstimate } from '../../src/ops/share/estimate-storage.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { column, tableLines } from '../format/columns.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { integer, listJson } from '../json/json-members.ts'
import { required } from '../option.ts'

/** The command. */
export const estimateCommand = defineCommand({
  name: 'estimate',
  summary: 'Measure what a compact store would keep',
  details: [
    'Makes every form of the new files that a compact store knows, writes none of them, and says how large each is:',
    'whole; compressed (zstd); in byte planes, compressed; as the difference to the old file; in chunks, of which',
    'the old file has some. Two files, two folders, or two runs or versions; files of folders and versions are',
    "compared by their paths. A store is made compact by 'mlv init --compact'.",
  ],
  arguments: {
    old: required('old', 'a file, a folder, or a run or version that is stored already'),
    new: required('new', 'what follows on it'),
  },
  options: {},
  examples: [
    { line: 'mlv estimate step-100.safetensors step-200.safetensors', does: 'are checkpoints worth it?' },
    { line: 'mlv estimate churn@v11 churn@v12', does: 'two versions, with what is recorded of them' },
  ],
  run: async ({ output, openOptions }, { old, new: next }) => {
    const estimate = await estimateStorage(openOptions, old, next)
    output.answer(
      () => estimateJson(estimate),
      () => estimateText(estimate, output.width),
    )
    return EXIT.ok
  },
})

/** The estimate as JSON. */
export function estimateJson({ before, after, files, paired, sizeBytes, forms, best }: StorageEstimate): ValueMap {
  return valueMap({
    before,
    after,
    files: integer(files),
    paired: integer(paired),
    sizeBytes: integer(sizeBytes),
    forms: listJson(forms, formJson),
    best: formJson(best),
  })
}

function formJson({ form, storedBytes, elapsedMs }: Omit<FormEstimate, 'form'> & { readonly form: string }): ValueMap {
  return valueMap({ form, storedBytes: integer(storedBytes), elapsedMs: integer(elapsedMs) })
}

/** The estimate for people. */
export function estimateText(estimate: StorageEstimate, width: number | undefined): readonly Line[] {
  const { files, paired, sizeBytes, forms, best } = estimate
  const columns = [column('form'), column('stored', 'right'), column('ratio', 'right'), column('seconds', 'right')]
  const rows = forms.map(({ form, storedBytes, elapsedMs }) => {
    const ratio = sizeBytes === 0 ? 1 : storedBytes / sizeBytes
    return [form, bytesText(storedBytes), ratio.toFixed(3), (elapsedMs / 1000).toFixed(1)]
  })
  const pairs = files === 1 && paired === 1 ? '' : `, ${paired} with one of the same path before`
  return [
    [`${countText(files, 'file')}, ${bytesText(sizeBytes)}${pairs}`],
    ...tableLines({ columns, rows }, width),
    adviceOf(best, sizeBytes),
  ]
}

function adviceOf({ form, storedBytes }: StorageEstimate['best'], sizeBytes: number): Line {
  if (form === 'whole') return ['nothing saves a tenth: a compact store would keep this ', styled('strong', 'whole')]
  const saved = Math.round((1 - storedBytes / sizeBytes) * 100)
  const as = form === 'mixed' ? 'each file in its best form' : form
  return ['a compact store would keep ', styled('strong', as), `: ${bytesText(storedBytes)}, ${saved} % less`]
}
