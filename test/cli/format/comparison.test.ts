/** Comparisons as text and as Markdown that may be posted with anybody's names in it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparisonMarkdown } from '../../../cli/format/comparison-markdown.ts'
import { comparisonText } from '../../../cli/format/comparison-text.ts'
import { codeBlock, codeSpan, tableCode } from '../../../cli/format/markdown-code.ts'
import { parseParameterKey } from '../../../src/domain/key.ts'
import { COMPARISON, NO_DIFFERENCE } from '../sample-reports.ts'
import { shown } from '../fake-environment.ts'

describe('text', () => {
  test('a comparison shows what differs, metrics first', () => {
    expect(shown(comparisonText(COMPARISON))).toMatchInlineSnapshot(`
      "
      churn@v2 -> churn@v3

      metrics
        latency ↓  21.00 ms -> 18.25 ms  (-2.75, better)
        val/auc ↑  0.9240 -> 0.9130      (-0.0110, worse)

      parameters
        lr  0.2 -> 0.30000000000000004

      files
        labels.txt         6 B 13742ac40d                      (added)
        model.safetensors  21 B b0e57a438c -> 21 B c9bc46518c
        vocabulary.txt     5 B 0e9f64031f                      (removed)

      tensors
        model.safetensors: layer.0  F32[64, 10] 671c4f1f7d -> F32[64, 10] 7822b8b047

      code
        commit  cccccccccc -> eeeeeeeeee
        train.py | 2 +-
        1 file changed, 1 insertion(+), 1 deletion(-)

      environment
        language python  3.12.1 -> 3.13.0

      unchanged: 1 metric, 3 parameters, 1 dataset
      "
    `)
  })

  test('something compared with itself has no differences', () => {
    expect(shown(comparisonText(NO_DIFFERENCE))).toMatchInlineSnapshot(`
      "
      churn@v2 -> churn@v2
      no differences

      unchanged: 3 metrics, 4 parameters, 2 files, 1 dataset
      "
    `)
  })
})

describe('Markdown', () => {
  test('a comparison is a table a section', () => {
    expect(`\n${comparisonMarkdown(COMPARISON).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      ### \`churn@v2\` → \`churn@v3\`

      #### Metrics

      | | base | head | |
      |---|---|---|---|
      | \`latency ↓\` | \`21.00 ms\` | \`18.25 ms\` | -2.75, better |
      | \`val/auc ↑\` | \`0.9240\` | \`0.9130\` | -0.0110, worse |

      #### Parameters

      | | base | head | |
      |---|---|---|---|
      | \`lr\` | \`0.2\` | \`0.30000000000000004\` |  |

      #### Files

      | | base | head | |
      |---|---|---|---|
      | \`labels.txt\` |  | \`6 B 13742ac40d\` | added |
      | \`model.safetensors\` | \`21 B b0e57a438c\` | \`21 B c9bc46518c\` |  |
      | \`vocabulary.txt\` | \`5 B 0e9f64031f\` |  | removed |

      #### Tensors

      | | base | head | |
      |---|---|---|---|
      | \`model.safetensors: layer.0\` | \`F32[64, 10] 671c4f1f7d\` | \`F32[64, 10] 7822b8b047\` |  |

      #### Code

      | | base | head | |
      |---|---|---|---|
      | \`commit\` | \`cccccccccc\` | \`eeeeeeeeee\` |  |

      \`\`\`text
       train.py | 2 +-
       1 file changed, 1 insertion(+), 1 deletion(-)
      \`\`\`

      #### Environment

      | | base | head | |
      |---|---|---|---|
      | \`language python\` | \`3.12.1\` | \`3.13.0\` |  |

      _unchanged: 1 metric, 3 parameters, 1 dataset_
      "
    `)
  })

  test('something compared with itself has no differences', () => {
    expect(comparisonMarkdown(NO_DIFFERENCE)[2]).toBe('No differences.')
  })

  test('a comment of more than 65,000 characters is cut and tells how many rows are missing', () => {
    const names = Array.from({ length: 3_000 }, (_, index) => parseParameterKey(`parameter.${index}`))
    const parameters = names.map((key) => ({ key, kind: 'added' as const, head: 'x'.repeat(100) }))
    const lines = comparisonMarkdown({ ...COMPARISON, comparison: { ...COMPARISON.comparison, parameters } })
    const rows = lines.filter((line) => line.startsWith('| `parameter.')).length
    expect(lines.join('\n').length).toBeLessThanOrEqual(65_000)
    expect(rows).toBeGreaterThan(400)
    expect(Number(/^(\d+) rows cut$/.exec(lines.at(-1) ?? '')?.[1])).toBeGreaterThanOrEqual(3_000 - rows)
  })
})

// Row O2 of the reliability guide.
describe('untrusted text in Markdown', () => {
  test.each([
    ['<!-- mlv:sticky -->', '`<!-- mlv:sticky -->`'],
    ['</details>', '`</details>`'],
    ['@org/team #1', '`@org/team #1`'],
    ['![](https://t.example/p.png)', '`![](https://t.example/p.png)`'],
    ['$\\ce{}$', '`$\\ce{}$`'],
    ['a|b', '`a\\|b`'],
    ['a\\|b', '`a\\x5c\\|b`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['``x``', '``` ``x`` ```'],
    ['one\ntwo', '`one⏎two`'],
    ['bell\u0007', '`bell\\x07`'],
    ['', ''],
  ])('%j stands in a table as %s', (text, span) => {
    expect(tableCode(text)).toBe(span)
  })

  test('text of any length is cut to one line of a cell', () => {
    expect(codeSpan('x'.repeat(200_000)).length).toBeLessThan(250)
  })

  test('no text closes its own code span, ends its cell or its line', () => {
    const hostile = fc
      .array(fc.constantFrom('`', '``', '|', '\\', '\n', '\r\n', '@a', '<b>', ' ', 'x'))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(hostile, (text) => {
        const span = tableCode(text)
        if (text === '') return
        const fence = /^`+/.exec(span)?.[0] ?? ''
        const inside = span.slice(fence.length, -fence.length)
        expect(span.endsWith(fence)).toBe(true)
        expect(inside.match(/`+/g) ?? []).not.toContain(fence)
        expect(span).not.toMatch(/[\r\n]/)
        // To cmark-gfm backslashes before a pipe pair up, so only an odd run escapes it.
        for (const [, run = ''] of span.matchAll(/(\\*)\|/g)) expect(run.length % 2).toBe(1)
      }),
    )
  })

  test('no text closes its own block', () => {
    const [fence = '', ...rest] = codeBlock('a\n````\n```js\nb')
    expect(fence).toBe('`````text')
    expect(rest.filter((line) => /^`{5,}$/.test(line))).toHaveLength(1)
  })
})
