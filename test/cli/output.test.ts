/** Where words go: data and talk apart, colour and columns for terminals only, JSON that no reader stumbles over. */
import { describe, expect, test } from 'vitest'
import { createOutput, documentText, renderingFor } from '../../cli/output.ts'
import { column } from '../../cli/format/columns.ts'
import { styled } from '../../cli/format/line.ts'
import { valueMap } from '../../src/base/value.ts'
import type { Value } from '../../src/base/value.ts'
import { fakeWorld } from './fake-environment.ts'
import type { FakeOptions } from './fake-environment.ts'

const TABLE = { columns: [column('id'), column('auc', 'right')], rows: [[styled('subject', '01k9zq'), '0.9']] }

function printed(options: FakeOptions, json: boolean, noColor = false): { data: string; talk: string } {
  const world = fakeWorld(options)
  const output = createOutput(world.environment, { json, noColor })
  output.answerTable(
    () => valueMap({ runs: 1n }),
    () => TABLE,
  )
  output.talk([styled('warning', 'warning:'), ' careful'])
  output.progress('half way')
  return { data: world.output(), talk: world.errors() }
}

describe('data and talk', () => {
  test('a pipe gets tab-separated text without colour, and no progress', () => {
    expect(printed({}, false)).toEqual({ data: 'id\tauc\n01k9zq\t0.9\n', talk: 'warning: careful\n' })
  })

  test('a terminal gets columns, colour and progress', () => {
    const { data, talk } = printed({ columns: 80 }, false)
    expect(data).toBe('\u001b[2mid\u001b[22m      \u001b[2mauc\u001b[22m\n\u001b[36m01k9zq\u001b[39m  0.9\n')
    expect(talk).toBe('\u001b[33mwarning:\u001b[39m careful\n\r\u001b[Khalf way')
  })

  test('with --json data is one document and talk is silent', () => {
    expect(printed({ columns: 80 }, true)).toEqual({ data: '{\n  "runs": 1\n}\n', talk: '' })
  })

  test.each<[string, FakeOptions, boolean]>([
    ['--no-color', { columns: 80 }, true],
    ['NO_COLOR', { columns: 80, variables: { NO_COLOR: '1' } }, false],
    ['TERM=dumb', { columns: 80, variables: { TERM: 'dumb' } }, false],
  ])('%s takes colour away and keeps the columns', (_, options, noColor) => {
    expect(printed(options, false, noColor).data).toBe('id      auc\n01k9zq  0.9\n')
  })

  test('an empty NO_COLOR means nothing, as https://no-color.org has it', () => {
    expect(renderingFor({ variables: { NO_COLOR: '' } }, true, { noColor: false }).hasColor).toBe(true)
  })
})

test('columns that have no room are told of, on a terminal that has too little of it', () => {
  const wide = { ...column('much too wide a title'), whenNarrow: 'drop' } as const
  const drawn = (options: FakeOptions, json = false): string => {
    const world = fakeWorld(options)
    createOutput(world.environment, { json, noColor: true }).answerTable(
      () => valueMap({ runs: 1n }),
      () => ({ columns: [column('id'), wide], rows: [['01k9zq', 'x']] }),
      (hidden) => [`${hidden} hidden`],
    )
    return world.output()
  }
  expect(drawn({ columns: 20 })).toBe('id\n01k9zq\n1 hidden\n')
  const elsewhere = [drawn({ columns: 80 }), drawn({}), drawn({ columns: 20 }, true)]
  expect(elsewhere.filter((said) => said.includes('hidden'))).toEqual([])
})

describe('documents', () => {
  test('hidden characters are escaped and read back the same', () => {
    const hostile = 'a\u009b\u202e\u{e0041}\u007f\ufeffb ##[add-mask]'
    const text = documentText(valueMap({ name: hostile }), { isActionsLog: true })
    expect(text).not.toMatch(/[\u007f-\u009f\u202e\ufeff\u{e0041}]|##\[/u)
    expect(JSON.parse(text)).toEqual({ name: hostile })
  })

  test('a list that is printed as it comes is the document of the whole of it', async () => {
    const hostile = 'a\u009b] ##[add-mask]'
    const lists = [[], [[]], [['a']], [[hostile, 'b'], [], ['c']], [[], [valueMap({ lr: 1 }), 2n], [null]]]
    for (const parts of lists) {
      for (const variables of [{}, { GITHUB_ACTIONS: 'true' }]) {
        const [whole, some] = [fakeWorld({ variables }), fakeWorld({ variables })]
        createOutput(whole.environment, { json: true, noColor: true }).document(valueMap({ runs: parts.flat() }))
        const items = async function* (): AsyncGenerator<readonly Value[]> {
          for (const part of parts) yield await Promise.resolve(part)
        }
        await createOutput(some.environment, { json: true, noColor: true }).documentOfList('runs', items())
        expect(some.output()).toBe(whole.output())
      }
    }
  })

  test('of a list that nobody reads any more no further items are taken', async () => {
    const { environment, output } = fakeWorld()
    const standardOutput = { ...environment.standardOutput, room: () => Promise.resolve(false) }
    const taken: number[] = []
    const items = async function* (): AsyncGenerator<readonly Value[]> {
      for (const number of [1, 2, 3]) {
        taken.push(number)
        yield await Promise.resolve([number])
      }
    }
    await createOutput({ ...environment, standardOutput }, { json: true, noColor: true }).documentOfList(
      'runs',
      items(),
    )
    expect(taken).toEqual([1])
    expect(output()).toContain('1')
  })

  test('integers keep every digit and floats stay floats', () => {
    const text = documentText(valueMap({ seed: 12345678901234567890n, lr: 1, loss: NaN }), { isActionsLog: false })
    expect(text).toBe('{\n  "seed": 12345678901234567890,\n  "lr": 1.0,\n  "loss": "NaN"\n}')
  })
})
