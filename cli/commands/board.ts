/**
 * `mlv board`: the models side by side, now or as it was.
 */
import { instantMs } from '../../src/base/clock.ts'
import { readBoard } from '../../src/ops/read/read-board.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { boardCsv, boardMarkdown, boardTable } from '../format/board-table.ts'
import { boardJson } from '../json/board-json.ts'
import { choice, names, text } from '../option.ts'

/** The command. */
export const boardCommand = defineCommand({
  name: 'board',
  summary: 'Rank the models in production',
  details: [
    'Each model by the version in production, or that another alias names, with every metric that has a goal. The',
    'best of each metric is marked, and so is what is within its tolerance; only values of the same goal and unit are',
    'compared. With --at it is the board of that moment, rules included: but for ages on a terminal, byte for byte',
    'what was printed then. Markdown is safe to post: names stand in code.',
  ],
  arguments: {},
  options: {
    alias: text('--alias <name>', "the alias whose version stands for a model; 'production' when absent"),
    models: names('--models <globs>', 'only models that match, with commas between patterns of * and ?'),
    metric: text('--metric <key>', 'only this metric, the best model first'),
    format: choice('--format <format>', 'how to print it', ['text', 'markdown', 'csv']),
    at: AT,
  },
  examples: [
    { line: 'mlv board', does: 'what is in production, and how good it is' },
    { line: "mlv board --metric val/auc --models 'churn*'", does: 'the best of a family first' },
    { line: 'mlv board --at 2026-05-01 --format markdown', does: 'what was in production then, for a report' },
  ],
  run: async ({ output, nowMs, withRepository }, _, { format, ...options }) => {
    const board = await withRepository((repository) => readBoard(repository, options))
    const document = () => boardJson(board)
    if (format === 'text') {
      const seenMs = options.at === undefined ? nowMs : instantMs(board.asOf)
      output.answerTable(document, () => boardTable(board, { isPerson: output.isTerminal, nowMs: seenMs }))
    } else {
      const lines = format === 'csv' ? boardCsv : boardMarkdown
      output.answer(document, () => lines(board).map((line) => [line]))
    }
    if (board.without.length > 0) output.talk([`without ${board.alias}: ${board.without.join(', ')}`])
    return EXIT.ok
  },
})
