/**
 * Evaluations of a run, or of several runs over each other: confusion matrices and curves among their files.
 */
import { useMemo } from 'preact/hooks'
import type { WireEvaluation, WireEvaluations } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { Confusions } from './confusion-view.tsx'
import { CurveView } from './curve-view.tsx'
import type { DrawnCurve } from './curve-view.tsx'
import { mediaApi } from './media-api.ts'

/** A run whose evaluations are shown. */
export interface EvaluatedRun {
  readonly id: string
  readonly title: string
  readonly colour: string
  readonly dash: readonly number[]
}

/** The evaluations of runs; the first is the baseline. */
export function EvaluationTab({ runs }: { runs: readonly EvaluatedRun[] }) {
  const ids = runs.map(({ id }) => id)
  const answer = useAnswer((signal) => Promise.all(ids.map((id) => mediaApi.evaluations(id, signal))), [ids.join()])
  return <Answered answer={answer}>{(found) => <Evaluations key={ids.join()} runs={runs} found={found} />}</Answered>
}

/** Evaluations of one kind and name, of every run that has it. */
interface EvaluationGroup {
  readonly name: string
  readonly kind: WireEvaluation['kind']
  readonly of: readonly { readonly run: EvaluatedRun; readonly evaluation: WireEvaluation }[]
}

function Evaluations({ runs, found }: { runs: readonly EvaluatedRun[]; found: readonly WireEvaluations[] }) {
  const groups = useMemo(() => groupsOf(runs, found), [runs, found])
  if (groups.length === 0) return <NoEvaluations />
  const unread = found.reduce((sum, each) => sum + each.unread, 0)
  return (
    <>
      <div class="evaluations">
        {groups.map((group) => (
          <section key={`${group.kind} ${group.name}`} class="card evaluation" aria-label={`Evaluation ${group.name}`}>
            <h2>
              {TITLES[group.kind]} <span class="muted small break">{group.name}</span>
            </h2>
            {group.kind === 'confusion' ? (
              <Confusions
                matrices={group.of.flatMap(({ run, evaluation }) =>
                  evaluation.kind === 'confusion'
                    ? [
                        {
                          labels: evaluation.labels,
                          counts: evaluation.counts,
                          title: runs.length > 1 ? run : undefined,
                        },
                      ]
                    : [],
                )}
              />
            ) : (
              <CurveView kind={group.kind} curves={curvesOf(group, runs.length > 1)} />
            )}
          </section>
        ))}
      </div>
      {unread > 0 && <p class="muted small">{unread} more files could be evaluations and were not looked at.</p>}
    </>
  )
}

const TITLES: Readonly<Record<WireEvaluation['kind'], string>> = {
  confusion: 'Confusion matrix',
  roc: 'ROC curve',
  pr: 'Precision and recall',
  calibration: 'Calibration',
}

const EXAMPLE = [
  'log(table="roc", columns=["fpr", "tpr", "threshold"],',
  '    rows=[[float(x) for x in row] for row in zip(fpr, tpr, thresholds)])',
].join('\n')

function NoEvaluations() {
  return (
    <Empty title="No evaluations">
      <p>
        A table of <code>actual</code> and <code>predicted</code> is shown as a confusion matrix. One of{' '}
        <code>fpr</code> and <code>tpr</code>, or of <code>precision</code> and <code>recall</code>, is a curve. Log it,
        or record it as an artifact:
      </p>
      <pre>{EXAMPLE}</pre>
    </Empty>
  )
}

/** Files of one name belong together, whatever step their run logged them at last. */
function groupsOf(runs: readonly EvaluatedRun[], found: readonly WireEvaluations[]): readonly EvaluationGroup[] {
  const groups = new Map<
    string,
    { name: string; kind: WireEvaluation['kind']; of: { run: EvaluatedRun; evaluation: WireEvaluation }[] }
  >()
  for (const [index, run] of runs.entries()) {
    for (const evaluation of found[index]?.evaluations ?? []) {
      const { path, kind } = evaluation
      const group = groups.get(`${kind} ${path}`) ?? { name: path, kind, of: [] }
      group.of.push({ run, evaluation })
      groups.set(`${kind} ${path}`, group)
    }
  }
  return [...groups.values()].sort((left, right) => ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind))
}

const ORDER: readonly WireEvaluation['kind'][] = ['confusion', 'roc', 'pr', 'calibration']

function curvesOf({ of }: EvaluationGroup, isCompared: boolean): readonly DrawnCurve[] {
  return of.flatMap(({ run, evaluation }) => {
    if (evaluation.kind === 'confusion') return []
    return evaluation.curves.map((curve, index) => {
      const title = !isCompared ? curve.label : curve.label === '' ? run.title : `${run.title}: ${curve.label}`
      // Curves of one run that is alone are told apart by hue, those of several runs by their run and then by dash.
      const look = isCompared ? { colour: run.colour, dash: index === 0 ? run.dash : DASHES[index % 4] } : undefined
      return { ...curve, title, colour: look?.colour, dash: look?.dash ?? [] }
    })
  })
}

const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3]]
