/**
 * Cards and boards of a model whose every word was chosen by somebody who means harm: nothing of it acts.
 */
import { expect, test } from 'vitest'
import { boardCsv, boardMarkdown } from '../../../cli/format/board-table.ts'
import { csvLine } from '../../../cli/format/csv.ts'
import { modelCard } from '../../../cli/format/model-card.ts'
import { parseExperimentName, parseMetricKey } from '../../../src/domain/key.ts'
import { singleValue } from '../../../src/domain/metric-summary.ts'
import { scanClaims, encodedText } from '../../../src/domain/claim-scan.ts'
import { parseClaim } from '../../../src/domain/claim.ts'
import type { ModelDescription } from '../../../src/ops/models/describe-model.ts'
import { fileOf, parametersOf } from '../../support/sample.ts'
import { BOARD } from '../sample-judgements.ts'
import { SHOWN_RUN, SHOWN_VERSION, sampleRun } from '../sample-reports.ts'

const EVIL = '--> | `x` <img src=x> @team #1 ![](https://t.example/p.png) [x](javascript:a) $x$ </details> \u202e'
const NAME = '=HYPERLINK("x") | ` <b> --> }} @team'

/** Markdown without its code and claims: what a reader would act on. */
function acting(markdown: string): string {
  return markdown
    .replace(/^(`{3,})\w*\n[^]*?\n\1$/gm, '')
    .replace(/<!-- mlv: [^\n]*? -->([^<]*)<!-- \/mlv -->/g, '$1')
    .replace(/(`+)(?!`)[^]*?[^`]\1(?!`)/g, '')
}

function describe(evil: string): ModelDescription {
  if (SHOWN_VERSION.kind !== 'version' || SHOWN_RUN.kind !== 'run') throw new Error('the samples changed')
  const { version, receipts } = SHOWN_VERSION
  const key = parseMetricKey(NAME)
  const metrics = new Map([[key, { goal: 'max' as const, tolerance: 0, unit: evil, summary: singleValue(0.5, 'max') }]])
  return {
    model: { name: version.model, description: `${evil}\n\`\`\`\n${evil}`, metrics: new Map(), owners: [evil] },
    version: {
      ...version,
      message: evil,
      metrics,
      parameters: parametersOf({ [NAME]: evil }),
      datasets: [{ uri: evil }],
    },
    state: { retired: { reason: evil, at: version.createdAt, by: evil }, runs: [], tags: [evil], note: evil },
    aliases: [],
    metrics,
    files: [fileOf('model', 'x')].map((file) => ({ ...file, path: NAME as typeof file.path })),
    run: { ...sampleRun(1, 0.5, 1), experiment: parseExperimentName('a | `b` <b>'), command: ['sh', evil] },
    environment: {
      ...SHOWN_RUN.environment,
      unpinned: [evil],
      packages: [{ name: evil, version: '\n```\n', source: '' }],
    },
    by: `${evil} <a@example.com>`,
    receipts: receipts.map((receipt) => ({ ...receipt, by: evil })),
  }
}

test('a card holds the text of others in code only, and its claims read back', () => {
  const card = modelCard(describe(EVIL))
  const shown = acting(card)
  expect(shown.replaceAll(/<\/?(?:details|summary)>/g, '')).not.toMatch(/[<>@#$[\]](?!#? )|https|team|!\[/)
  expect(shown.match(/<\/details>/g)).toHaveLength(1)
  expect(card).not.toContain('\u202e')
  const claims = scanClaims(encodedText(card), { isMarkdown: true, includesCode: false })
  expect(claims.map(({ body }) => parseClaim(body))).toEqual([
    {
      kind: 'claim',
      claim: { revision: 'churn@v2', field: { kind: 'metric', key: NAME }, format: { kind: 'g', digits: 6 } },
    },
  ])
})

test('a card says all that is recorded, and nothing of the moment it is written in', () => {
  expect(modelCard(describe('plain'))).toMatchInlineSnapshot(`
    "# \`churn\` v2

    \`\`\`\`text
    plain
    \`\`\`
    plain
    \`\`\`\`

    |  |  |
    | --- | --- |
    | retired | \`plain\` |
    | recorded | 2026-11-20 by \`plain\` |
    | message | \`plain\` |
    | note | \`plain\` |
    | tags | \`plain\` |
    | owners | \`plain\` |
    | content | \`mlv1:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35\` |

    ## Metrics

    | metric | value | goal | tolerance |
    | --- | --- | --- | --- |
    | \`\`=HYPERLINK("x") \\| \` <b> --> }} @team\`\` | <!-- mlv: churn@v2#"=HYPERLINK(\\"x\\") \\u007c \\u0060 \\u003cb\\u003e \\u002d\\u002d\\u003e \\u007d\\u007d @team" .6g -->0.5<!-- /mlv --> \`plain\` | max |  |

    ## Parameters

    | parameter | value |
    | --- | --- |
    | \`\`=HYPERLINK("x") \\| \` <b> --> }} @team\`\` | \`plain\` |

    ## Data

    | data | digest | size | rows |
    | --- | --- | --- | --- |
    | \`plain\` | not pinned |  |  |

    ## Code

    |  |  |
    | --- | --- |
    | commit | \`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\` |
    | branch | \`main\` |
    | snapshot | \`cccccccccccccccccccccccccccccccccccccccc\`, with uncommitted changes |
    | command | \`sh plain\` |

    ## Environment

    |  |  |
    | --- | --- |
    | system | \`Linux 6.1.0 x64\` |
    | processor | 2 × \`AMD EPYC 7B13\`, 8.32 GB |
    | graphics | \`NVIDIA L4, 550.54\` |
    | languages | \`python 3.12.1\` |
    | not pinned | \`plain\` |

    <details><summary>1 package</summary>

    \`\`\`\`text
    plain 
    \`\`\`

    \`\`\`\`

    </details>

    ## Files

    | file | size | SHA-256 |
    | --- | --- | --- |
    | \`\`=HYPERLINK("x") \\| \` <b> --> }} @team\`\` | 1 B | \`2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\` |

    ## Lineage

    |  |  |
    | --- | --- |
    | experiment | \`\`a \\| \`b\` <b>\`\` |
    | run | \`01m7w4n5e00000000000000001\` |

    ## Repetitions

    | when | outcome |  | run | by |
    | --- | --- | --- | --- | --- |
    | 2026-11-20 | differed | \`latency; not the same: hardware\` | \`01m7w4n5e0000000000000000a\` | \`plain\` |

    ## Get it

    \`\`\`sh
    mlv fetch
    mlv checkout churn@v2 --to churn-v2
    mlv rerun churn@v2 --verify
    \`\`\`
    "
  `)
})

test('a board keeps names in code, and out of the formulas of a spreadsheet', () => {
  const key = parseMetricKey(NAME)
  const board = {
    ...BOARD,
    metrics: [key],
    rows: BOARD.rows.map((row) => ({
      ...row,
      values: new Map([[key, { rule: { goal: 'max' as const, tolerance: 0, unit: EVIL }, value: 0.5, isBest: true }]]),
    })),
  }
  const markdown = boardMarkdown(board)
  expect(acting(markdown.join('\n'))).not.toMatch(/[<>@#$[\]]|https|team/)
  // The pipe of a name ends no cell.
  for (const line of markdown) expect(line.match(/(?<!\\)\|/g)).toHaveLength(5)
  expect(boardCsv(board)[0]).toContain(`"'=HYPERLINK(""x"")`)
  expect(csvLine(['-0.5', '-1e-7', '@x', 'a,b', 'a"b', '+1+1'])).toBe(`-0.5,-1e-7,'@x,"a,b","a""b",'+1+1`)
})
