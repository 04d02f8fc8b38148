/**
 * `mlv doctor`: checks what mlv needs from the machine and the repository, without one too.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { diagnose } from '../../src/ops/care/diagnose.ts'
import type { Check, Diagnosis } from '../../src/ops/care/diagnose.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { alignedRows } from '../format/columns.ts'
import { styled } from '../format/line.ts'
import type { Line, Style } from '../format/line.ts'
import { listJson } from '../json/json-members.ts'

/** The command. */
export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Check what mlv needs from this machine',
  details: ['Works outside a repository too. Ends with exit code 6 when something keeps mlv from working.'],
  arguments: {},
  options: {},
  examples: [
    { line: 'mlv doctor', does: 'git, repository, identity, disk' },
    { line: 'mlv doctor --json', does: 'to attach to a report' },
  ],
  run: async ({ output, openOptions }) => {
    const diagnosis = await diagnose(openOptions)
    output.answer(
      () => doctorJson(diagnosis),
      () => doctorText(diagnosis),
    )
    return diagnosis.checks.some(({ verdict }) => verdict === 'problem') ? EXIT.environment : EXIT.ok
  },
})

/** The findings as JSON. */
export function doctorJson({ checks }: Diagnosis): ValueMap {
  return valueMap({
    checks: listJson(checks, ({ name, verdict, detail, next }) => valueMap({ name, verdict, detail, next })),
  })
}

const STYLES: { readonly [V in Check['verdict']]: Style } = { ok: 'good', warning: 'warning', problem: 'bad' }

/** The findings for people, each with what to do about it. */
export function doctorText({ checks }: Diagnosis): readonly Line[] {
  const rows = checks.map(({ verdict, name, detail }) => [styled(STYLES[verdict], verdict), name, detail])
  const advice = checks.map(({ next }): readonly Line[] =>
    next === undefined ? [] : [[styled('faint', `  next: ${next}`)]],
  )
  return alignedRows(rows).flatMap((line, index) => [line, ...(advice[index] ?? [])])
}
