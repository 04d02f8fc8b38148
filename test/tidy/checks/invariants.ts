/**
 * Invariants: each one that ARCHITECTURE.md states names the test that holds it.
 */

/** What is wrong with the invariants of a document; `exists` tells whether a path of the project does. */
export function invariantProblems(markdown: string, exists: (path: string) => boolean): readonly string[] {
  const statements = markdown.split(/(?=\*\*Invariant )/).filter((part) => part.startsWith('**Invariant '))
  if (statements.length === 0) return ['ARCHITECTURE.md states no invariant']
  return statements.flatMap((statement, index) => {
    const name = /^\*\*(Invariant \d+)/.exec(statement)?.[1]
    if (name !== `Invariant ${index + 1}`) return [`expected Invariant ${index + 1}, found ${name ?? 'no number'}`]
    // A statement ends with its paragraph.
    const tests = (statement.split(/\n\s*\n/)[0] ?? '').match(/test\/[\w./-]+\.test\.ts/g) ?? []
    if (tests.length === 0) return [`${name} names no test`]
    return tests.filter((test) => !exists(test)).map((test) => `${name} names ${test}, which does not exist`)
  })
}
