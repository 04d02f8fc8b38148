/**
 * Reports as the lines of a file, whatever reads it.
 */
import { jsonText } from '../../src/base/json-text.ts'
import { reportJson } from '../json/review-json.ts'
import { reportHtml } from './review-html.ts'
import { reportJunit } from './review-junit.ts'
import { reportMarkdown } from './review-markdown.ts'
import { reportSarif } from './review-sarif.ts'
import type { ReportView } from '../../src/domain/review/report-view.ts'

/** What a report may be written as. */
export type ReportFormat = 'markdown' | 'html' | 'json' | 'junit' | 'sarif'

const JSON_INDENT = 2

/** Writes a report. */
export function reportFile(view: ReportView, format: ReportFormat): readonly string[] {
  switch (format) {
    case 'markdown':
      return reportMarkdown(view)
    case 'html':
      return reportHtml(view)
    case 'junit':
      return reportJunit(view)
    case 'json':
      return jsonText(reportJson(view), JSON_INDENT).split('\n')
    case 'sarif':
      return jsonText(reportSarif(view), JSON_INDENT).split('\n')
  }
}
