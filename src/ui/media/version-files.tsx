/**
 * The files of a model version, with those of the versions beside it to compare tensors with.
 */
import type { WireModel, WireVersion } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { addressOf, setState, stateOf } from '../base/route.ts'
import { FileBrowser } from './file-browser.tsx'
import { mediaApi } from './media-api.ts'

/** The address of the files of a version. */
export function filesAddress({ model, number }: Pick<WireVersion, 'model' | 'number'>): string {
  return addressOf(`model/${encodeURIComponent(model)}`, { tab: 'files', version: String(number) })
}

/** The files of one version of a model, the newest unless the address names another. */
export function ModelFiles({ model }: { model: WireModel }) {
  const numbers = model.versions.map(({ number }) => number)
  const newest = Math.max(...numbers)
  const number = numbers.find((each) => String(each) === stateOf('version')) ?? newest
  if (numbers.length === 0) return <Empty title="No version yet" />
  return (
    <>
      <p class="button-row">
        <label>
          Version{' '}
          <select value={number} onChange={({ currentTarget }) => setState({ version: currentTarget.value })}>
            {model.versions.map((version) => (
              <option key={version.number} value={version.number}>
                v{version.number}
                {version.aliases.length > 0 && ` (${version.aliases.join(', ')})`}
              </option>
            ))}
          </select>
        </label>
      </p>
      <VersionFiles key={number} model={model.name} number={number} others={numbers} />
    </>
  )
}

interface VersionFilesProps {
  readonly model: string
  readonly number: number
  /** Numbers of all versions of the model. */
  readonly others: readonly number[]
}

/** How many versions beside it are offered. */
const NEAR = 4

/** Files of a version. */
function VersionFiles({ model, number, others }: VersionFilesProps) {
  const near = others
    .filter((other) => other !== number)
    .sort((left, right) => Math.abs(left - number) - Math.abs(right - number) || left - right)
    .slice(0, NEAR)
  const answer = useAnswer(
    (signal) => Promise.all([number, ...near].map((each) => mediaApi.versionFiles(model, each, signal))),
    [model, number, near.join()],
  )
  return (
    <Answered answer={answer}>
      {([own, ...sides]) =>
        own === undefined ? null : (
          <FileBrowser
            run={own.run}
            files={own.files}
            sides={sides.map(({ run, files }, index) => ({ title: `v${near[index] ?? 0}`, run, files }))}
          />
        )
      }
    </Answered>
  )
}
