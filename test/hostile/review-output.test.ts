/**
 * What a review prints where names would act on who reads them: on terminals (row O1), and in a log of GitHub Actions,
 * which obeys lines that start with `::` and `##[` anywhere, and in the files that steps set outputs by (row O3).
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stepOutputLines } from '../../src/domain/review/step-output.ts'
import { temporaryFolder } from '../support/repository.ts'
import { makeRequestWorld } from '../support/request-world.ts'
import type { RequestWorld } from '../support/request-world.ts'

const HOSTILE = [
  '::add-mask::e',
  '::stop-commands::x',
  '%0A::error::x',
  'a\n::error::x',
  'a\r::error::x',
  '##[error]x',
  '\u001b[2J',
  '\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  '\u001b]52;c;aGk=\u0007',
  'a\b\b\rb',
  '\u202eabc',
  '\u0085\u009b2J',
]

const CONFIG = `experiment: churn
params: [params.yaml]
metrics: [metrics.json]
artifacts: [eval.csv]
goals: { auc: { goal: max, tolerance: 0.001 } }
gates: { require: [f1] }
evaluation: { table: eval.csv, key: id, pass: ok }
`

function quoted(text: string): string {
  return JSON.stringify(text)
}

async function makeHostileWorld(): Promise<RequestWorld> {
  const world = await makeRequestWorld('github', { config: CONFIG, baseValues: [] })
  const { author, push } = world
  const write = (side: string, ok: number): void => {
    author.write('params.yaml', HOSTILE.map((text, index) => `p${index}: ${quoted(`${text}${side}`)}\n`).join(''))
    author.write(
      'eval.csv',
      `id,ok\n${HOSTILE.map(
        (text) =>
          `${quoted(text)
            .replaceAll('\\"', '""')
            .replace(/\\u([0-9a-f]{4})|\\([nrb])/g, unescaped)},${ok}\n`,
      ).join('')}`,
    )
  }
  write('base', 1)
  author.git('switch', '--quiet', 'main')
  author.write('metrics.json', '{"auc": 0.9}')
  expect(author.mlv('commit')).toMatchObject({ exitCode: 0 })
  author.git('switch', '--quiet', 'wider')
  write('head', 0)
  push('Wider', [0.8])
  return world
}

function unescaped(_: string, code: string | undefined, letter: string | undefined): string {
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
  return letter === 'n' ? '\n' : letter === 'r' ? '\r' : '\b'
}

test('no verb of a review lets a name act on a terminal or on a log of GitHub Actions', async () => {
  const { job, author, base } = await makeHostileWorld()
  const summary = join(temporaryFolder(), 'summary')
  const outputs = join(temporaryFolder(), 'outputs')
  const told: string[] = []
  const verbs = [
    ...['text', 'markdown', 'html', 'json', 'junit', 'sarif'].map((format) => ['pr', 'report', '--format', format]),
    ['pr', 'comment'],
    ['gate'],
    ['gate', '--json'],
    ['diff', `${base}..HEAD`],
    ['diff', `${base}..HEAD`, '--format', 'markdown'],
    ['diff', `${base}..::error::x`],
    ['gate', '::add-mask::e..HEAD'],
  ]
  const folder = author.folder
  for (const verb of verbs) {
    writeFileSync(summary, '')
    writeFileSync(outputs, '')
    const more = verb[0] === 'pr' ? ['--summary'] : []
    const variables = { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs }
    const { stdout, stderr } = await job([...verb, ...more], { folder, variables })
    told.push(stdout)
    for (const text of [stdout, stderr, readFileSync(summary, 'utf8')]) {
      // C0, C1 and what turns or hides text; only line feeds are left.
      expect(text, verb.join(' ')).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
      )
    }
    for (const line of `${stdout}\n${stderr}`.split('\n')) {
      expect(line.trimStart().startsWith('::'), `${verb.join(' ')}: ${line}`).toBe(false)
      expect(line, verb.join(' ')).not.toContain('##[')
    }
    expect(readFileSync(outputs, 'utf8')).toMatch(/^(?:passed<<(mlv-[0-9a-f]{32})\nfalse\n\1\n)?$/)
  }
  // The names did get there, or nothing was tried.
  expect(told.filter((text) => text.includes('stop-commands')).length).toBeGreaterThanOrEqual(6)
})

test('a step output is what it was set to, and nothing else is set', () => {
  const folder = temporaryFolder()
  let drawn = 0
  const draw = (): string => `d${(drawn += 1)}`
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-d0-9<=\n\r-]{0,20}$/),
      fc.constantFrom('d1', 'd2\npassed=true', ''),
      (text, tail) => {
        drawn = 0
        const value = `${text}\n${tail}`
        const lines = stepOutputLines([{ name: 'report', value }], draw)
        writeFileSync(join(folder, 'outputs'), `${lines.join('\n')}\n`)
        expect(readOutputs(readFileSync(join(folder, 'outputs'), 'utf8'))).toEqual([
          ['report', value.replace(/\r\n?/g, '\n')],
        ])
      },
    ),
  )
})

/** As the runner reads them (FileCommandManager.cs, actions/runner). */
function readOutputs(text: string): readonly (readonly [string, string])[] {
  const lines = text.split(/\r\n|\n|\r/)
  const found: (readonly [string, string])[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line === '') continue
    const [name = '', delimiter] = line.split('<<')
    if (delimiter === undefined) {
      const [key = '', value = ''] = line.split('=')
      found.push([key, value])
      continue
    }
    const end = lines.indexOf(delimiter, at + 1)
    found.push([name, lines.slice(at + 1, end).join('\n')])
    at = end
  }
  return found
}
