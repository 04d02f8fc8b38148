/**
 * Imports: only downwards through the layer table, and never in a circle at run time.
 */
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import { layerOf, mayImport } from '../layers.ts'
import type { Layer } from '../layers.ts'
import { finding, nodesOf } from '../source.ts'
import type { Source } from '../source.ts'

/** One import, export-from or dynamic import. */
interface Import {
  readonly specifier: string
  readonly position: number
  /** Erased by the compiler, so it cannot be part of a circle. */
  readonly isTypeOnly: boolean
  /** Runs when called, not when loaded. */
  readonly isDynamic: boolean
}

/** Imports of a layered file that its layer does not allow. */
export function forbiddenImports(source: Source): readonly string[] {
  const layer = layerOf(source.path)
  if (layer === undefined) return []
  return importsOf(source).flatMap(({ specifier, position }) => {
    const problem = problemOf(source.path, layer, specifier)
    return problem === undefined ? [] : [finding(source, position, problem)]
  })
}

/** Circles of imports that exist at run time, each told once, from its first file in path order. */
export function importCycles(sources: readonly Source[]): readonly string[] {
  const graph = new Map(sources.map((source) => [source.path, runtimeImports(source)]))
  const cycles = new Set<string>()
  const settled = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) cycles.add(cycleText(trail.slice(start)))
    if (start !== -1 || settled.has(path)) return
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path])
    settled.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return [...cycles]
}

function problemOf(path: string, layer: Layer, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relativeProblem(path, layer, specifier)
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return `imports '${specifier}' without 'node:'`
    const name = specifier.slice('node:'.length)
    return layer.builtins.includes(name) ? undefined : `${layer.place} may not import '${specifier}'`
  }
  return layer.packages.includes(packageOf(specifier)) ? undefined : `${layer.place} may not use package '${specifier}'`
}

function relativeProblem(path: string, layer: Layer, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier)
  // Schemas and package.json are data, not code.
  if (target.endsWith('.json')) return undefined
  if (!/\.tsx?$/.test(target)) return `imports '${specifier}' without '.ts'`
  const targetLayer = layerOf(target)
  if (targetLayer === layer) return undefined
  if (targetLayer === undefined) return `imports '${specifier}', which is in no layer`
  return mayImport(layer, targetLayer) ? undefined : `${layer.place} may not import ${targetLayer.place}`
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function runtimeImports(source: Source): readonly string[] {
  return importsOf(source)
    .filter(({ isTypeOnly, isDynamic, specifier }) => !isTypeOnly && !isDynamic && specifier.startsWith('.'))
    .map(({ specifier }) => posix.join(posix.dirname(source.path), specifier))
}

function importsOf(source: Source): readonly Import[] {
  return nodesOf(source).flatMap((node) => {
    const specifier = specifierOf(node)
    if (specifier === undefined) return []
    const isDynamic = ts.isCallExpression(node)
    return [{ specifier: specifier.text, position: node.getStart(), isTypeOnly: isTypeOnly(node), isDynamic }]
  })
}

function specifierOf(node: ts.Node): ts.StringLiteralLike | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return literal(node.arguments[0])
  return ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined
}

function literal(node: ts.Node | undefined): ts.StringLiteralLike | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node : undefined
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
  return ts.isImportTypeNode(node)
}

/** The circle from its first file in path order, so that it reads the same wherever it was entered. */
function cycleText(circle: readonly string[]): string {
  const first = circle.indexOf([...circle].sort()[0] ?? '')
  const turned = [...circle.slice(first), ...circle.slice(0, first)]
  return [...turned, turned[0]].join(' -> ')
}
