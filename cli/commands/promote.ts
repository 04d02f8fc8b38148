/**
 * `mlv promote`: makes an alias name a version.
 */
import { refuse } from '../../src/domain/failure.ts'
import { promoteVersion } from '../../src/ops/models/promote-version.ts'
import { requestPromotion } from '../../src/ops/guard/request-promotion.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { aliasText, requestText } from '../format/alias-text.ts'
import { styled } from '../format/line.ts'
import { aliasReportJson, requestJson } from '../json/model-json.ts'
import { flag, required, text } from '../option.ts'

/** The command. */
export const promoteCommand = defineCommand({
  name: 'promote',
  summary: 'Make an alias name a version',
  details: [
    'One commit on the branch that changes one file: the version, the one before it, metrics, who, when, why. With',
    '--request that commit goes to a branch of its own on the remote, mlv-promote/<model>-<alias>-<n>, for a pull',
    "request into 'mlv'; merging it is the promotion, and nothing is promoted here.",
  ],
  arguments: {
    version: required('model@version', 'such as churn@v12 or churn@latest'),
    alias: required('alias', 'such as production or champion'),
  },
  options: {
    reason: text('-r, --reason <text>', 'why'),
    request: flag('--request', 'ask for a review instead of promoting'),
    remote: text('--remote <name>', "where the request goes; 'origin', else the only remote, when absent"),
  },
  examples: [
    { line: 'mlv promote churn@v12 production', does: 'put version 12 into production' },
    { line: "mlv promote churn@latest champion --reason 'beats v11 on every slice'", does: 'with a reason' },
    { line: 'mlv promote churn@v12 production --request', does: 'as a branch to be reviewed and merged' },
  ],
  run: async ({ output, withRepository }, { version, alias }, { request, remote, ...options }) => {
    if (request) {
      const share = { ...options, ...(remote === undefined ? {} : { remote }) }
      const asked = await withRepository((repository) => requestPromotion(repository, version, alias, share))
      output.answer(
        () => requestJson(asked),
        () => requestText(asked),
      )
      return EXIT.ok
    }
    if (remote !== undefined) throw refuse('usage-invalid', { problem: '--remote says where a --request goes' })
    const report = await withRepository((repository) => promoteVersion(repository, version, alias, options))
    output.answer(
      () => aliasReportJson(report),
      () => aliasText(report),
    )
    if (report.changed) {
      output.talk([styled('faint', `undo: mlv rollback ${report.alias.model} ${report.alias.name}`)])
    }
    return EXIT.ok
  },
})
