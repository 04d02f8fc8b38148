/**
 * What runs that are compared hold, side by side: images, tables and tensors.
 */
import { useMemo } from 'preact/hooks'
import type { WireRun, WireRunHead } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { looksOf } from '../base/colour.ts'
import { setState, stateOf } from '../base/route.ts'
import { theme } from '../base/theme.ts'
import { runTitle } from '../base/wire-value.ts'
import { CompareTables } from './compare-tables.tsx'
import { EvaluationTab } from './evaluation-tab.tsx'
import { tableFiles, tensorFiles } from './shared-files.ts'
import type { SharedFile } from './shared-files.ts'
import { ImageCompare } from './image-compare.tsx'
import { mediaApi } from './media-api.ts'
import { Tensors } from './tensor-table.tsx'

/** Runs whose files are asked for; more would be more than anybody looks at. */
const MOST_RUNS = 20

/** Images, tables and tensors of runs; the first is the baseline. */
export function CompareMedia({ runs }: { runs: readonly WireRunHead[] }) {
  const ids = runs.slice(0, MOST_RUNS).map(({ id }) => id)
  const answer = useAnswer((signal) => Promise.all(ids.map((id) => api.run(id, signal))), [ids.join()])
  return <Answered answer={answer}>{(found) => <Shown runs={found} />}</Answered>
}

/** Evaluations of runs over each other. */
export function CompareEvaluations({ runs }: { runs: readonly WireRunHead[] }) {
  const shown = useMemo(() => {
    const looks = looksOf(runs.map(({ id }) => id))
    return runs.slice(0, MOST_RUNS).map((run) => {
      const { colour, dash } = looks.get(run.id) ?? { colour: '#888888', dash: [] }
      return { id: run.id, title: runTitle(run), colour, dash }
    })
  }, [runs, theme.value])
  return <EvaluationTab runs={shown} />
}

function Shown({ runs }: { runs: readonly WireRun[] }) {
  const [base, ...heads] = runs
  const head = heads.find(({ id }) => id === stateOf('other')) ?? heads[0]
  if (base === undefined || head === undefined) return null
  const hasImages = runs.some(({ media }) => media !== null && media.images.length > 0)
  if (!hasImages && tableFiles(base, head).length + tensorFiles(base, head).length === 0) {
    return <Empty title="These runs share no images, tables or tensors" />
  }
  return (
    <>
      {runs.length > 2 && (
        <p class="button-row">
          <label>
            Tables and tensors of {runTitle(base)} beside{' '}
            <select value={head.id} onChange={({ currentTarget }) => setState({ other: currentTarget.value })}>
              {heads.map((run) => (
                <option key={run.id} value={run.id}>
                  {runTitle(run)}
                </option>
              ))}
            </select>
          </label>
        </p>
      )}
      {hasImages && <ComparedImages runs={runs} />}
      <ComparedFiles base={base} head={head} />
    </>
  )
}

function ComparedImages({ runs }: { runs: readonly WireRun[] }) {
  const looks = looksOf(runs.map(({ id }) => id))
  const pictured = runs.map((run) => {
    const colour = looks.get(run.id)?.colour ?? '#888888'
    return { id: run.id, title: runTitle(run), colour, images: run.media?.images ?? [] }
  })
  return (
    <section class="card">
      <h2>Images</h2>
      <ImageCompare runs={pictured} />
    </section>
  )
}

/** Tables and tensors of two of the runs. */
function ComparedFiles({ base, head }: { base: WireRun; head: WireRun }) {
  const [tables, tensors] = [tableFiles(base, head), tensorFiles(base, head)]
  return (
    <>
      {tables.length > 0 && (
        <section class="card">
          <h2>Tables</h2>
          <Chosen label="Which table" state="table" files={tables}>
            {({ path, headPath, rowKey }) => {
              const sides = { base: base.id, head: head.id, path, headPath, rowKey }
              return <CompareTables key={`${path} ${head.id}`} {...sides} />
            }}
          </Chosen>
        </section>
      )}
      {tensors.length > 0 && (
        <section class="card">
          <h2>Tensors</h2>
          <Chosen label="Which file" state="weights" files={tensors}>
            {(file) => <ComparedTensors key={`${file.path} ${head.id}`} base={base.id} head={head.id} file={file} />}
          </Chosen>
        </section>
      )}
    </>
  )
}

interface ChosenProps {
  readonly label: string
  /** Where in the address the choice is. */
  readonly state: string
  readonly files: readonly SharedFile[]
  readonly children: (file: SharedFile) => preact.ComponentChildren
}

/** One of the files that both runs have; those that differ come first. */
function Chosen({ label, state, files, children }: ChosenProps) {
  const chosen = files.find(({ path }) => path === stateOf(state)) ?? files[0]
  if (chosen === undefined) return null
  return (
    <>
      <p class="button-row">
        <select
          aria-label={label}
          value={chosen.path}
          onChange={({ currentTarget }) => setState({ [state]: currentTarget.value })}
        >
          {files.map(({ path, title, isSame }) => (
            <option key={path} value={path}>
              {title}
              {isSame ? ' (equal)' : ''}
            </option>
          ))}
        </select>
      </p>
      {children(chosen)}
    </>
  )
}

function ComparedTensors({ base, head, file }: { base: string; head: string; file: SharedFile }) {
  const answer = useAnswer(
    (signal) => Promise.all([mediaApi.tensors(head, file.headPath, signal), mediaApi.tensors(base, file.path, signal)]),
    [base, head, file.path],
  )
  return <Answered answer={answer}>{([here, there]) => <Tensors here={here} there={there} />}</Answered>
}
