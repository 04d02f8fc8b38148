/**
 * One repetition of a recorded run, left in its journal for whoever seals it.
 */
import { present } from '../../base/assert.ts'
import type { SealedRun } from '../../domain/run.ts'
import { changeParameter } from '../../store/inputs/edit-parameters.ts'
import type { PreparedRerun } from './prepare-rerun.ts'
import type { RerunOptions } from './rerun-options.ts'
import { repeatCommand } from './rerun-parameters.ts'
import type { ParameterChange } from './rerun-parameters.ts'
import { runCommand } from '../record/run-command.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import { readEndedRun } from '../record/seal-together.ts'

/** A repetition that ended. */
export interface Repetition {
  readonly record: RunRecord
  /** What the command ended with. */
  readonly exitCode: number
}

/**
 * Runs the recorded command again, with other values of some parameters.
 *
 * @throws `usage-invalid` for a parameter that cannot be changed, what `runCommand` refuses
 */
export async function repeatRun(
  run: SealedRun & { readonly command: readonly string[] },
  { folder, parameterFiles, variables }: PreparedRerun,
  options: Pick<RerunOptions, 'open' | 'terminal' | 'message'>,
  changes: readonly ParameterChange[],
): Promise<Repetition> {
  const { command, params, edits } = repeatCommand(run, parameterFiles, changes)
  const repository = await options.open({ folder, variables })
  try {
    for (const { file, key, text } of edits) await changeParameter(repository.files, file, { key, text })
    const { run: repeated, exitCode } = await runCommand(repository, {
      command,
      folder,
      experiment: run.experiment,
      message: options.message ?? `repeats ${run.id.slice(0, 12)}`,
      tags: [],
      params,
      parent: run.id,
      // What was recorded once was looked through then.
      allowSecrets: true,
      terminal: options.terminal,
      seal: 'later',
    })
    return { record: present(await readEndedRun(repository, repeated.id), 'the journal of a run that ended'), exitCode }
  } finally {
    await repository.close()
  }
}
