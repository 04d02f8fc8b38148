/** Failures: three lines and an exit code for people, one object for programs. */
import { describe, expect, test } from 'vitest'
import { failureExitCodes } from '../../cli/failure-exit-codes.ts'
import { failureExamples } from '../../cli/failure-examples.ts'
import { failureCodes } from '../../cli/generate-docs.ts'
import { nextCommand } from '../../cli/next-command.ts'
import { reportFailure } from '../../cli/report-failure.ts'
import { VERBS } from '../../cli/verbs.ts'
import { refuse } from '../../src/domain/failure.ts'
import { fakeWorld } from './fake-environment.ts'
import type { FakeOptions } from './fake-environment.ts'
import { documentProblems } from './schemas.ts'

function reported(caught: unknown, argv: readonly string[] = [], options: FakeOptions = {}): string {
  const world = fakeWorld(options)
  const exitCode = reportFailure(world.environment, caught, { verb: 'show', argv })
  expect(world.output()).toBe('')
  return `\n${world.errors()}[exit ${exitCode}]\n`
}

describe('a refusal', () => {
  const refusal = refuse('run-not-found', { text: '01k9zz', closest: ['01k9zq4w8d2m'] }, new Error('lower down'))

  test('is three lines: what with its code, why, what next', () => {
    expect(reported(refusal)).toMatchInlineSnapshot(`
      "
      mlv: no run matches '01k9zz' (run-not-found)
      why: the closest runs are '01k9zq4w8d2m'
      next: run 'mlv show 01k9zq4w8d2m'
      [exit 3]
      "
    `)
  })

  test('names the option for a folder that the verb has', () => {
    const { detail } = refuse('destination-occupied', { path: 'occupied', found: 'a folder' })
    const option = (verb: string): string | undefined => /(--\S+|clone URL) DIR$/.exec(nextCommand(detail, verb))?.[1]
    expect(['checkout', 'get', 'rerun', 'clone'].map(option)).toEqual(['--to', '--to', '--worktree', 'clone URL'])
    const worktree = refuse('destination-occupied', { path: 'occupied', found: 'not empty' })
    expect(nextCommand(worktree.detail, 'checkout')).toContain('--worktree DIR')
  })

  test('with --json is one object', () => {
    expect(reported(refusal, ['--json'])).toMatchInlineSnapshot(`
      "
      {
        "error": {
          "code": "run-not-found",
          "message": "no run matches '01k9zz'",
          "why": "the closest runs are '01k9zq4w8d2m'",
          "next": "run 'mlv show 01k9zq4w8d2m'",
          "data": {
            "text": "01k9zz",
            "closest": [
              "01k9zq4w8d2m"
            ]
          }
        }
      }
      [exit 3]
      "
    `)
  })

  test('with MLV_DEBUG=1 is followed by the stacks of it and its cause', () => {
    const text = reported(refusal, [], { variables: { MLV_DEBUG: '1' } })
    expect(text).toContain('caused by:\nError: lower down\n')
    expect(text).toContain('errors.test.ts')
  })

  test('keeps hostile text from acting on the terminal or the shell', () => {
    const hostile = refuse('model-not-found', { text: '\u001b]52;c;x\u0007', closest: ['$(touch pwned)'] })
    expect(reported(hostile, [], { columns: 80, variables: { NO_COLOR: '1' } })).toMatchInlineSnapshot(`
      "
      mlv: no model is called '\\x1b]52;c;x\\x07' (model-not-found)
      why: the closest models are '$(touch pwned)'
      next: run 'mlv models "\\$(touch pwned)"'
      [exit 3]
      "
    `)
  })
})

describe('a bug', () => {
  test('is told as one, without its stack', () => {
    expect(reported(new TypeError('x is undefined'))).toMatchInlineSnapshot(`
      "
      mlv: bug: x is undefined
      why: mlv met something its authors did not foresee; what was acknowledged before is safe
      next: run it again with MLV_DEBUG=1 and report what it prints
      [exit 7]
      "
    `)
  })

  test('even when what was thrown is no error', () => {
    expect(reported('thrown text', ['--json'])).toContain('"code": "bug"')
  })
})

describe('every code', () => {
  const codes = failureCodes()

  test('has an example, an exit code and a next command', () => {
    expect([...codes].sort()).toEqual(Object.keys(failureExitCodes).sort())
  })

  test.each(codes)('%s reads well', (code) => {
    const { message, why, detail } = refuse(code, failureExamples[code])
    for (const text of [message, why, nextCommand(detail, 'commit')]) {
      expect(text).toMatch(/^[^\s].*[^\s.]$/)
      expect(text).not.toMatch(/undefined|\[object|NaN(?!, but)/)
    }
    expect(failureExitCodes[code]).toBeGreaterThanOrEqual(2)
  })

  test.each(codes)('the next command of %s names only verbs that exist', (code) => {
    const { detail } = refuse(code, failureExamples[code])
    const named = [...nextCommand(detail, 'commit').matchAll(/'mlv (?:-C DIR)?([a-z]+)/g)].map(([, verb]) => verb)
    const verbs = VERBS.map(({ name }) => name)
    for (const verb of named) expect(verbs).toContain(verb)
  })

  test.each(codes)('%s as JSON is valid by its schema', (code) => {
    const world = fakeWorld()
    reportFailure(world.environment, refuse(code, failureExamples[code]), { verb: 'show', argv: ['--json'] })
    expect(documentProblems('error', JSON.parse(world.errors()))).toEqual([])
  })
})
