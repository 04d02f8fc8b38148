/**
 * Ways for a text to become markup or code in a browser; the pages use none of them.
 */
import ts from 'typescript'
import { finding, nodesOf } from '../source.ts'
import type { Source } from '../source.ts'

const NAMES: ReadonlySet<string> = new Set([
  'innerHTML',
  'outerHTML',
  'insertAdjacentHTML',
  'dangerouslySetInnerHTML',
  'srcdoc',
  'srcDoc',
  'eval',
  'Function',
  'DOMParser',
  'createContextualFragment',
  'setHTMLUnsafe',
])

/** Places where a text would become markup or code. */
export function markupProblems(source: Source): readonly string[] {
  return nodesOf(source).flatMap((node) => {
    const what = problemOf(node)
    return what === undefined ? [] : [finding(source, node.getStart(), what)]
  })
}

function problemOf(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) && NAMES.has(node.text)) return `says ${node.text}`
  if (ts.isStringLiteralLike(node) && /^\s*javascript:/i.test(node.text)) return 'has an address that is code'
  if (ts.isPropertyAccessExpression(node) && /^document\.write(?:ln)?$/.test(node.getText()))
    return 'writes into the document'
  if (!ts.isCallExpression(node) || !/^(?:setTimeout|setInterval)$/.test(node.expression.getText())) return undefined
  const [first] = node.arguments
  return first !== undefined && ts.isStringLiteralLike(first) ? 'calls a text' : undefined
}
