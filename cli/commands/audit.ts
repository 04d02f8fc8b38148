/**
 * `mlv audit`: who promoted what, when and why, and whether anything was edited that never changes.
 */
import { auditRegistry } from '../../src/ops/guard/audit-registry.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { auditCsv, auditMarkdown, auditText } from '../format/audit-text.ts'
import { auditJson } from '../json/audit-json.ts'
import { choice, text } from '../option.ts'

/** The command. */
export const auditCommand = defineCommand({
  name: 'audit',
  summary: 'Tell who promoted what, and check that nothing was edited',
  details: [
    'Reads every commit of the branch, oldest first, whoever made it: versions that were registered or retired,',
    'aliases that were promoted, rolled back or removed, with metrics before and after, the run and code behind them,',
    'receipts, the reason, the number of the request where the merge tells it, and how git judges the signature.',
    'Checks that no version or run changed since it was recorded, and that aliases say what versions measured. Ends',
    'with exit code 4 when something does not agree.',
  ],
  arguments: {},
  options: {
    model: text('--model <name>', 'only what happened to one model'),
    alias: text('--alias <name>', 'only what happened to aliases of this name'),
    since: text('--since <date>', 'only from this date or instant on'),
    format: choice('--format <format>', 'how to print it', ['text', 'csv', 'markdown']),
  },
  examples: [
    { line: 'mlv audit', does: 'the whole story' },
    {
      line: 'mlv audit --model churn --alias production --since 2026-01-01',
      does: 'what went into production this year',
    },
    { line: 'mlv audit --format csv > audit.csv', does: 'for a spreadsheet' },
  ],
  run: async ({ output, withRepository }, _, { format, ...options }) => {
    const report = await withRepository((repository) => auditRegistry(repository, options))
    output.answer(
      () => auditJson(report),
      () => {
        if (format === 'text') return auditText(report)
        return (format === 'csv' ? auditCsv(report) : auditMarkdown(report)).map((line) => [line])
      },
    )
    return report.problems.length === 0 ? EXIT.ok : EXIT.integrity
  },
})
