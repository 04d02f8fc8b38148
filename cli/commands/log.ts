/**
 * `mlv log`: what was done to the branch, newest first.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { readLog } from '../../src/ops/read/read-log.ts'
import type { LogEntry } from '../../src/ops/read/read-log.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { logTable } from '../format/log-table.ts'
import { listJson } from '../json/json-members.ts'
import { logEntryJson } from '../json/operation-json.ts'
import { count, optional } from '../option.ts'

/** The command. */
export const logCommand = defineCommand({
  name: 'log',
  summary: 'Show what was done, newest first',
  details: [
    "Each line starts with the operation's id, which 'mlv revert' takes. Plain git reads the same: git log mlv",
  ],
  arguments: { model: optional('model', 'only what concerns this model') },
  options: { limit: count('-n, --limit <count>', 'at most so many'), at: AT },
  examples: [
    { line: 'mlv log', does: 'everything' },
    { line: 'mlv log churn -n 10', does: 'the last ten operations on one model' },
  ],
  run: async ({ output, nowMs, withRepository }, { model }, options) => {
    const scope = model === undefined ? options : { ...options, model }
    const entries = await withRepository((repository) => readLog(repository, scope))
    output.answerTable(
      () => logJson(entries),
      () => logTable(entries, { isPerson: output.isTerminal, nowMs }),
    )
    return EXIT.ok
  },
})

/** The log as JSON. */
export function logJson(entries: readonly LogEntry[]): ValueMap {
  return valueMap({ entries: listJson(entries, logEntryJson) })
}
