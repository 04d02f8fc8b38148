/**
 * How to run the trials of a sweep on many machines: one line that gives each task its trial.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { trialsOf } from '../../src/domain/sweep.ts'
import type { Sweep } from '../../src/domain/sweep.ts'
import { integer } from '../json/json-members.ts'
import type { Line } from './line.ts'
import { shellQuoted } from './shell-quoted.ts'

/** What to print of a sweep. */
interface ArrayWishes {
  readonly file: string
  /** Program and arguments of the command line; empty when the file names them. */
  readonly command: readonly string[]
  readonly workers?: number
  readonly print: 'slurm' | 'ray'
}

/** The line for a scheduler, as data and as text. */
export function arrayLines(
  sweep: Sweep,
  wishes: ArrayWishes,
): { readonly document: ValueMap; readonly lines: readonly Line[] } {
  const trials = trialsOf(sweep).length
  const line = wishes.print === 'slurm' ? slurmLine(trials, wishes) : rayLine(trials, wishes)
  return {
    document: valueMap({ scheduler: wishes.print, trialCount: integer(trials), line }),
    lines: [[line]],
  }
}

function slurmLine(trials: number, { file, command, workers }: ArrayWishes): string {
  const atOnce = workers === undefined ? '' : `%${workers}`
  const task = ['mlv sweep', shellQuoted(file), '--trial "$SLURM_ARRAY_TASK_ID"', ...commandPart(command)].join(' ')
  return `sbatch --array=1-${trials}${atOnce} --wrap ${shellQuoted(task)}`
}

/** The tasks are Python's to start, so its own list stands for the command. */
function rayLine(trials: number, { file, command, workers }: ArrayWishes): string {
  const rest = command.length === 0 ? [] : ['--', ...command]
  const args = `["mlv", "sweep", ${JSON.stringify(file)}, "--trial", str(n), *${JSON.stringify(rest)}]`
  const cpus = workers === undefined ? 'ray.init()' : `ray.init(num_cpus=${workers})`
  const body = `f = ray.remote(lambda n: subprocess.call(${args}))`
  const program = `import ray, subprocess; ${cpus}; ${body}; ray.get([f.remote(n) for n in range(1, ${trials + 1})])`
  return `python -c ${shellQuoted(program)}`
}

function commandPart(command: readonly string[]): readonly string[] {
  return command.length === 0 ? [] : ['--', ...command.map(shellQuoted)]
}
