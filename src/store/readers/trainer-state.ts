/**
 * Hugging Face's `trainer_state.json`, which the Trainer writes into every checkpoint and, when told to, beside them.
 *
 * https://huggingface.co/docs/transformers/main_classes/callback#transformers.TrainerState
 */
import { isScalar, isValueList, isValueMap } from '../../base/value.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { readStrictJson } from '../documents/strict-json.ts'
import type { Files } from '../files/files.ts'
import { gatherRecord } from './framework-record.ts'
import type { FrameworkLog, FrameworkRecord, RecordGatherer } from './framework-record.ts'
import { readInputText } from '../inputs/input-text.ts'
import { quoteNonFinite } from '../inputs/json-line.ts'
import { metricNumberOf } from '../inputs/metric-number.ts'

/** The name of the file. */
export const TRAINER_STATE = 'trainer_state.json'

/** Settings among the members of the state; the others are progress. */
const SETTINGS = ['max_steps', 'num_train_epochs', 'train_batch_size', 'logging_steps', 'eval_steps', 'save_steps']

/**
 * Reads the state that has come furthest: each holds the log from the first step on. `log_history` becomes points,
 * `trial_params` and the settings parameters, `best_metric` a value. The states are kept as artifacts.
 *
 * @throws what the disk refuses
 */
export async function readTrainerState(files: Files, log: FrameworkLog): Promise<FrameworkRecord> {
  const gatherer = gatherRecord()
  let furthest: { readonly state: ValueMap; readonly step: number; readonly file: string } | undefined
  for (const file of log.files) {
    await gatherer.attempt(async () => {
      const state = readState(await readInputText(files, file, 'trainer state'), file)
      const step = metricNumberOf(state.get('global_step') ?? 0) ?? 0
      if (furthest === undefined || step > furthest.step) furthest = { state, step, file }
    })
  }
  if (furthest !== undefined) {
    gatherer.keep(furthest.file)
    takeState(furthest.state, furthest.file, gatherer)
  }
  return gatherer.record()
}

function readState(text: string, file: string): ValueMap {
  const state = readStrictJson(quoteNonFinite(text), file)
  if (isValueMap(state) && isValueList(state.get('log_history') ?? null)) return state
  throw refuse('document-malformed', { place: { file }, problem: 'expected a trainer state with a list `log_history`' })
}

function takeState(state: ValueMap, file: string, gatherer: RecordGatherer): void {
  const history = state.get('log_history') ?? null
  if (isValueList(history)) history.forEach((entry, index) => takeEntry(entry, index, file, gatherer))
  for (const name of SETTINGS) takeSetting(name, state.get(name) ?? null, gatherer)
  const trial = state.get('trial_params') ?? null
  if (isValueMap(trial)) for (const [name, value] of trial) takeSetting(name, value, gatherer)
  const best = metricNumberOf(state.get('best_metric') ?? null)
  if (best !== undefined) gatherer.value('best_metric', best)
}

function takeSetting(name: string, value: Value, gatherer: RecordGatherer): void {
  if (value !== null && isScalar(value)) gatherer.parameter(name, value)
}

function takeEntry(entry: Value, index: number, file: string, gatherer: RecordGatherer): void {
  if (!isValueMap(entry)) return gatherer.tell(`${file}: entry ${index + 1} of log_history is no mapping`)
  const step = metricNumberOf(entry.get('step') ?? BigInt(index)) ?? NaN
  if (!Number.isSafeInteger(step)) return gatherer.tell(`${file}: entry ${index + 1} of log_history has no whole step`)
  for (const [name, value] of entry) {
    const number = metricNumberOf(value)
    if (name === 'step') continue
    if (number !== undefined) gatherer.point(name, step, number)
    else if (value !== null) gatherer.tell(`${file}: '${name}' in log_history is no number, and is left out`)
  }
}
