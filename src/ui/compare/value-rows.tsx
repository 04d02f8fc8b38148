/**
 * Metrics and parameters of several runs, a row each.
 */
import type { WireCompare, WireMetricNoise, WireSummary, WireVerdict } from '../../server/wire.ts'
import { GoalWord } from '../base/goal-word.tsx'
import { changeText, numberText } from '../base/number-text.ts'
import { setState } from '../base/route.ts'
import { numberOf, wireMetricText, wireNumberText } from '../base/wire-value.ts'

type ComparedMetric = WireCompare['metrics'][number]
type ComparedParameter = WireCompare['parameters'][number]

/** Metrics, each with its change from the baseline and whether that is better. */
export function MetricRows({ title, metrics }: { title: string; metrics: readonly ComparedMetric[] }) {
  if (metrics.length === 0) return null
  return (
    <tbody>
      <SectionRow title={title} columns={metrics[0]?.values.length ?? 0} />
      {metrics.map((metric) => {
        const best = bestOf(metric)
        return (
          <tr key={metric.key}>
            <th scope="row">
              {metric.key}
              <GoalWord goal={metric.rule.goal} />
              {metric.rule.unit !== null && <span class="muted"> {metric.rule.unit}</span>}
              {metric.values.some((summary) => summary !== null && summary.count > 1) && (
                <button
                  class="quiet link"
                  aria-label={`Chart of ${metric.key}`}
                  onClick={() => setState({ tab: 'charts', q: metric.key })}
                >
                  chart
                </button>
              )}
            </th>
            {metric.values.map((summary, index) => (
              <MetricCell
                key={index}
                summary={summary}
                base={metric.values[0] ?? null}
                verdict={metric.verdicts[index] ?? null}
                noise={metric.noise[index] ?? null}
                isBest={summary !== null && numberOf(summary.last) === best}
              />
            ))}
          </tr>
        )
      })}
    </tbody>
  )
}

/** Parameters; those that are not as in the baseline stand out. */
export function ParameterRows({ title, parameters }: { title: string; parameters: readonly ComparedParameter[] }) {
  if (parameters.length === 0) return null
  return (
    <tbody>
      <SectionRow title={title} columns={parameters[0]?.values.length ?? 0} />
      {parameters.map(({ key, values }) => (
        <tr key={key}>
          <th scope="row">{key}</th>
          {values.map((value, index) => {
            const isOther = index > 0 && value?.text !== values[0]?.text
            return (
              <td key={index} class={`${value?.number == null ? '' : 'number'} ${isOther ? 'differs' : ''}`}>
                {value === null ? <span class="absent">–</span> : value.text}
              </td>
            )
          })}
        </tr>
      ))}
    </tbody>
  )
}

function SectionRow({ title, columns }: { title: string; columns: number }) {
  return (
    <tr class="section-row">
      <th scope="rowgroup">{title}</th>
      <td colSpan={columns} />
    </tr>
  )
}

interface MetricCellProps {
  readonly summary: WireSummary | null
  readonly base: WireSummary | null
  readonly verdict: WireVerdict | null
  readonly noise: WireMetricNoise | null
  readonly isBest: boolean
}

function MetricCell({ summary, base, verdict, noise, isBest }: MetricCellProps) {
  if (summary === null) return <td class="number absent">–</td>
  const kind = verdict?.kind ?? ''
  const isChanged = base !== null && verdict !== null && kind !== 'unchanged' && kind !== 'incomparable'
  return (
    <td
      class="number"
      title={`min ${wireMetricText(summary.min)}, max ${wireMetricText(summary.max)}, ${summary.count} points`}
    >
      <span class={isBest ? 'best' : ''}>{wireMetricText(summary.last)}</span>
      {isChanged && (
        <span class={`change ${kind}`}>
          {changeText(numberOf(base.last), numberOf(summary.last))}
          {(kind === 'better' || kind === 'worse') && <span class="for-readers"> {kind}</span>}
        </span>
      )}
      {kind === 'unchanged' && <span class="change">=</span>}
      {noise !== null && <NoiseNote noise={noise} />}
    </td>
  )
}

/** What other seeds make of it: a difference that chance may explain is said to be one. */
function NoiseNote({ noise: { runs, mean, deviation, band, isWithin } }: { noise: WireMetricNoise }) {
  const alike = 'Runs that are alike in code, data and parameters, but for the seed.'
  const title = band === null ? alike : `${alike} 95 % band of the difference of both means: ±${numberText(band)}`
  return (
    <span class="noise-note" title={title}>
      {runs > 1 && `${wireMetricText(mean)} ±${wireNumberText(deviation)} over ${runs} runs`}
      {isWithin && <b> may be chance</b>}
    </span>
  )
}

function bestOf({ rule, values }: ComparedMetric): number | undefined {
  if (rule.goal === 'none') return undefined
  const numbers = values
    .flatMap((summary) => (summary === null ? [] : [numberOf(summary.last)]))
    .filter(Number.isFinite)
  if (new Set(numbers).size < 2) return undefined
  return rule.goal === 'max' ? Math.max(...numbers) : Math.min(...numbers)
}
