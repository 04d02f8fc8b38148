/**
 * Sizes: files, functions and lines that a reader can take in.
 */
import ts from 'typescript'
import { finding, lineOf, nodesOf } from '../source.ts'
import type { Source } from '../source.ts'

const FILE_LINES = 400
const TEST_FILE_LINES = 600
const FUNCTION_LINES = 50
const LINE_CHARACTERS = 120

/** Files of more than 400 lines, tests of more than 600. */
export function longFiles(source: Source): readonly string[] {
  const lines = source.text.replace(/\n$/, '').split('\n').length
  const limit = isTest(source) ? TEST_FILE_LINES : FILE_LINES
  return lines > limit ? [`${source.path} has ${lines} lines, limit ${limit}`] : []
}

/** Functions of more than 50 lines. The callbacks of tests are transcripts and tables, and as long as they need. */
export function longFunctions(source: Source): readonly string[] {
  if (isTest(source)) return []
  return nodesOf(source).flatMap((node) => {
    if (!ts.isFunctionLike(node)) return []
    const lines = lineOf(source, node.getEnd()) - lineOf(source, node.getStart()) + 1
    return lines > FUNCTION_LINES ? [finding(source, node.getStart(), `is a function of ${lines} lines`)] : []
  })
}

/** Lines of more than 120 characters. Inside a text of several lines, as of a snapshot, the text decides. */
export function longLines(source: Source): readonly string[] {
  const texts = nodesOf(source).filter((node) => ts.isTemplateLiteral(node) || node.kind === ts.SyntaxKind.TemplateHead)
  const exempt = new Set(texts.flatMap((node) => linesBetween(source, node.getStart(), node.getEnd())))
  return source.text.split('\n').flatMap((line, index) => {
    const isLong = Array.from(line).length > LINE_CHARACTERS && !exempt.has(index + 1)
    return isLong ? [`${source.path}:${index + 1} has ${Array.from(line).length} characters`] : []
  })
}

function linesBetween(source: Source, start: number, end: number): readonly number[] {
  const [first, last] = [lineOf(source, start), lineOf(source, end)]
  return first === last ? [] : Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

function isTest(source: Source): boolean {
  return source.path.startsWith('test/')
}
