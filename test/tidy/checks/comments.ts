/**
 * Comments: every file says what it owns, every export what it is, and every promised refusal exists.
 */
import ts from 'typescript'
import { messages } from '../../../src/domain/failure-messages.ts'
import { finding } from '../source.ts'
import type { Source } from '../source.ts'

/** Files that do not open with a doc comment. */
export function missingHead(source: Source): readonly string[] {
  const text = source.text.replace(/^#!.*\n/, '')
  return text.startsWith('/**') ? [] : [`${source.path}:1 does not open with a doc comment`]
}

/** Exports without a docstring of their own. Tests and their support export nothing to strangers. */
export function missingDocstrings(source: Source): readonly string[] {
  if (!isShipped(source)) return []
  return source.tree.statements
    .filter((statement, index) => isExported(statement) && docCount(source, statement) < (index === 0 ? 2 : 1))
    .filter((statement) => !isOverload(source, statement))
    .map((statement) => finding(source, statement.getStart(), `exports ${nameOf(statement)} without a docstring`))
}

/** Refusals promised by `@throws` that are not in the closed list. Names of functions may stand there as well. */
export function unknownRefusals(source: Source): readonly string[] {
  if (!isShipped(source)) return []
  return [...source.text.matchAll(/@throws(?:(?!@[a-z]|\*\/)[\s\S])*/g)].flatMap((promise) =>
    [...promise[0].matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)]
      .map(([, code = '']) => code)
      .filter((code) => !Object.hasOwn(messages, code))
      .map((code) => finding(source, promise.index, `promises the unknown refusal '${code}'`)),
  )
}

function isShipped(source: Source): boolean {
  return /^(?:src|cli)\//.test(source.path)
}

function docCount(source: Source, statement: ts.Statement): number {
  const comments = ts.getLeadingCommentRanges(source.text, statement.getFullStart()) ?? []
  return comments.filter(({ pos }) => source.text.startsWith('/**', pos)).length
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
}

/** Further signatures of an overloaded function: the first one carries the docstring. */
function isOverload(source: Source, statement: ts.Statement): boolean {
  const before = source.tree.statements[source.tree.statements.indexOf(statement) - 1]
  return before !== undefined && ts.isFunctionDeclaration(before) && nameOf(before) === nameOf(statement)
}

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText() ?? ''
  return (ts.isDeclarationStatement(statement) ? statement.name?.getText() : undefined) ?? 'something'
}
