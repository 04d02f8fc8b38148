/**
 * `mlv card`: numbers in documents, held against the record; and cards of models, made of it.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { refuse } from '../../src/domain/failure.ts'
import { checkClaims, doClaimsHold } from '../../src/ops/claims/check-claims.ts'
import type { CheckedDocument, ClaimDocument } from '../../src/ops/claims/check-claims.ts'
import { describeModel } from '../../src/ops/models/describe-model.ts'
import { placeDocument } from '../../src/ops/claims/write-card.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { claimsText } from '../format/claim-text.ts'
import { codeSpan } from '../format/markdown-code.ts'
import { modelCard } from '../format/model-card.ts'
import { shellQuoted } from '../format/shell-quoted.ts'
import { claimsJson, madeCardJson } from '../json/card-json.ts'
import type { MadeCard } from '../json/card-json.ts'
import { anyNumber, flag, text } from '../option.ts'

const USUAL = ['README.md', 'MODEL_CARD.md'] as const
const TEMPLATE_END = '.mlv'
const MARKDOWN = /\.(?:md|markdown|mdown|mdx|qmd|rmd)$/i

interface CardWishes {
  readonly check: boolean
  readonly write: boolean
  readonly template?: string
  readonly output?: string
  readonly inCode: boolean
  readonly model?: string
  readonly at?: string
}

/** The command. */
export const cardCommand = defineCommand({
  name: 'card',
  summary: 'Hold numbers in documents against the record',
  details: [
    'A claim names a version or run, what of it, and how to write it: {{churn@v12#val/auc .3f}}. With --write it',
    'becomes <!-- mlv: churn@v12#val/auc .3f -->0.931<!-- /mlv -->, which shows as 0.931; without, every claim is',
    'checked: exit code 1 and a line for each that does not hold. A claim of an alias is held against what the alias',
    'names now. Besides metrics: params.KEY, version, model, run, by, created, content, code.commit and sha256(PATH).',
    'Names with odd characters go in double quotes. Formats: .3f, .2%, .3e, .4g, and .10s for the start of a text.',
    'A file that ends in .mlv is a template: its claims become bare values in the file without that ending. Code in',
    'Markdown is left alone. Bytes outside of claims never change.',
    'With --model a whole card of a version is made of the record, its metrics as claims.',
  ],
  arguments: { files: anyNumber('file', 'documents and templates; README.md and MODEL_CARD.md when none is named') },
  options: {
    check: flag('--check', 'only look, which is what happens anyway; with --model, hold --output against the card'),
    write: flag('--write', 'write what is recorded into the documents'),
    template: text('--template <file>', 'a template of any name; goes with --output'),
    output: text('-o, --output <file>', 'where --template or --model writes to'),
    inCode: flag('--in-code', 'claims in code of Markdown too'),
    model: text('--model <name>', 'make the card of a model: of its version in production, or as churn@v12 says'),
    at: AT,
  },
  examples: [
    { line: 'mlv card', does: 'is what README.md says still so?' },
    { line: 'mlv card --write README.md', does: 'write the numbers, to be committed with the text' },
    { line: 'mlv card --write paper.tex.mlv', does: 'paper.tex, with every {{...}} replaced' },
    { line: 'mlv card --model churn -o MODEL_CARD.md', does: 'a whole card' },
  ],
  run: (session, { files }, wishes) => {
    refuseClashes(files, wishes)
    return wishes.model === undefined ? checkDocuments(session, files, wishes) : makeCard(session, wishes.model, wishes)
  },
})

function refuseClashes(files: readonly string[], { check, write, template, output, model }: CardWishes): void {
  const problems: readonly (readonly [boolean, string])[] = [
    [check && write, '--check does not go with --write'],
    [model !== undefined && (files.length > 0 || template !== undefined), '--model does not go with documents'],
    [model !== undefined && check && output === undefined, '--check with --model needs --output'],
    [template !== undefined && output === undefined, '--template needs --output'],
    [output !== undefined && template === undefined && model === undefined, '--output needs --template or --model'],
  ]
  const problem = problems.find(([isThere]) => isThere)?.[1]
  if (problem !== undefined) throw refuse('usage-invalid', { problem })
}

async function checkDocuments(
  { output, openOptions, withRepository }: Session,
  files: readonly string[],
  wishes: CardWishes,
): Promise<ExitCode> {
  const documents = documentsOf(openOptions.folder, files, wishes)
  const { write, inCode, at } = wishes
  const options = { documents, write, includesCode: inCode, quote: codeSpan, ...(at === undefined ? {} : { at }) }
  const checked = await withRepository((repository) => checkClaims(repository, options))
  output.answer(
    () => claimsJson(checked),
    () => claimsText(checked),
  )
  const isDone = doClaimsHold(checked)
  const canWrite = checked.some(isOutdated)
  if (canWrite && !write) output.talk([`next: '${writingLine(files, wishes)}' writes what is recorded`])
  return isDone ? EXIT.ok : EXIT.difference
}

/** What nobody recorded cannot be written. */
function isOutdated({ claims, outdatedLine }: CheckedDocument): boolean {
  return outdatedLine !== undefined || claims.some(({ status }) => status !== 'holds' && status !== 'unknown')
}

/** The same documents, to be written. */
function writingLine(files: readonly string[], { template, output, inCode, at }: CardWishes): string {
  const options = [
    ...(inCode ? ['--in-code'] : []),
    ...(at === undefined ? [] : ['--at', shellQuoted(at)]),
    ...(template === undefined ? [] : ['--template', shellQuoted(template)]),
    ...(output === undefined ? [] : ['--output', shellQuoted(output)]),
  ]
  return ['mlv', 'card', '--write', ...options, ...files.map(shellQuoted)].join(' ')
}

function documentsOf(
  folder: string,
  files: readonly string[],
  { template, output }: CardWishes,
): readonly ClaimDocument[] {
  const rendered = (name: string, to: string): ClaimDocument => ({ name, output: to, isMarkdown: MARKDOWN.test(to) })
  if (template !== undefined && output !== undefined && files.length === 0) return [rendered(template, output)]
  const usual = USUAL.filter((name) => existsSync(resolve(folder, name)))
  const chosen = files.length > 0 ? files : usual.length > 0 ? usual : USUAL.slice(0, 1)
  const documents = chosen.map((name): ClaimDocument => {
    if (name.endsWith(TEMPLATE_END)) return rendered(name, name.slice(0, -TEMPLATE_END.length))
    return { name, isMarkdown: MARKDOWN.test(name) }
  })
  return template === undefined || output === undefined ? documents : [...documents, rendered(template, output)]
}

async function makeCard(session: Session, model: string, { check, output: file, at }: CardWishes): Promise<ExitCode> {
  const { output, withRepository } = session
  const made = await withRepository(async (repository): Promise<MadeCard> => {
    const description = await describeModel(repository, model, at === undefined ? {} : { at })
    const card = modelCard(description)
    const version = `${description.version.model}@v${description.version.number}`
    if (file === undefined) return { version, card }
    const state = await placeDocument(repository, file, card, { write: !check })
    return { version, card, output: { name: file, ...state } }
  })
  output.answer(
    () => madeCardJson(made),
    () => (made.output === undefined ? cardLines(made) : [[stateText(made)]]),
  )
  return made.output?.outdatedLine === undefined ? EXIT.ok : EXIT.difference
}

function cardLines({ card }: MadeCard): readonly (readonly string[])[] {
  return card
    .trimEnd()
    .split('\n')
    .map((line) => [line])
}

function stateText({ version, output }: MadeCard): string {
  const name = output?.name ?? ''
  if (output?.outdatedLine !== undefined)
    return `${name}:${output.outdatedLine}: stale: the card of ${version} has another line`
  return output?.isWritten === true ? `wrote the card of ${version} to ${name}` : `${name} is the card of ${version}`
}
