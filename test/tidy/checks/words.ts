/**
 * Words that may not be written: the real clock and chance below the command line, `any`, `!`, default exports, and
 * to-dos that nobody decided on.
 */
import ts from 'typescript'
import { commentsOf, finding, nodesOf } from '../source.ts'
import type { Source } from '../source.ts'

const CLOCK_FILE = 'src/base/clock.ts'
// Hands the real world to programs that use the library; nothing in src/ may import it but src/index.ts.
const HOST_FILE = 'src/host.ts'
// What the browser half asks of the browser it runs in.
const BROWSER_FILE = 'src/ui/browser.ts'
const OUTSIDE_WORLD: ReadonlySet<string> = new Set(['Date', 'console', 'performance', 'process'])
const DECISION = /\bdecision \d{4}\b|\bdocs\/decisions\/\d{4}-|#\d+/
const WAITING_KINDS: ReadonlySet<ts.SyntaxKind> = new Set([ts.SyntaxKind.AsyncKeyword, ts.SyntaxKind.AwaitKeyword])

/** Uses of the real clock, chance, process and console in `src/`, where all four are arguments. */
export function outsideWorld(source: Source): readonly string[] {
  if (!source.path.startsWith('src/') || [HOST_FILE, BROWSER_FILE].includes(source.path)) return []
  return nodesOf(source)
    .filter((node) => isOutside(node) && !(source.path === CLOCK_FILE && isConversion(node)))
    .map((node) => finding(source, node.getStart(), `uses ${node.getText()}, which is an argument in src/`))
}

/** `async`, `await` and promises in the pure layers. */
export function waiting(source: Source): readonly string[] {
  // The ports of clock and entropy are interfaces and do not wait either.
  if (!/^src\/(?:base|domain)\//.test(source.path)) return []
  return nodesOf(source)
    .filter((node) => WAITING_KINDS.has(node.kind) || ts.isAwaitExpression(node) || isNamed(node, 'Promise'))
    .map((node) => finding(source, node.getStart(), 'waits, but base and domain are synchronous'))
}

/** `any`, non-null `!` and default exports. */
export function forbiddenSyntax(source: Source): readonly string[] {
  return nodesOf(source).flatMap((node) => {
    const what = syntaxProblem(node)
    return what === undefined ? [] : [finding(source, node.getStart(), what)]
  })
}

/** Comments that put something off without naming the decision or issue that says so. */
export function undecidedTodos(source: Source): readonly string[] {
  return commentsOf(source)
    .filter(({ text }) => /\b(?:TODO|FIXME|XXX)\b/.test(text) && !DECISION.test(text))
    .map(({ position }) => finding(source, position, 'puts off without naming a decision'))
}

function syntaxProblem(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return "says 'any'"
  if (ts.isNonNullExpression(node)) return "says '!'"
  if (ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword) {
    return ts.isDefaultClause(node.parent) ? undefined : 'has a default export'
  }
  return undefined
}

function isOutside(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.getText() === 'Math.random'
  return ts.isIdentifier(node) && OUTSIDE_WORLD.has(node.text) && !isMemberName(node) && !isParameter(node)
}

/** `x.process` and `{ process: 1 }` name members of something else; `{ process }` does not. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node
  return (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node
}

/** A parameter of that name hides the global one. */
function isParameter(node: ts.Identifier): boolean {
  for (let scope: ts.Node = node; !ts.isSourceFile(scope); scope = scope.parent) {
    if (!ts.isFunctionLike(scope)) continue
    if (scope.parameters.some(({ name }) => ts.isIdentifier(name) && name.text === node.text)) return true
  }
  return false
}

/** `Date.parse(text)` and `new Date(ms)` convert; they do not tell the time. */
function isConversion(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.name.text === 'parse'
  return ts.isNewExpression(parent) && parent.arguments?.length === 1
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name
}
