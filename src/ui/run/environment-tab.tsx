/**
 * What a run ran on, and what it read.
 */
import type { WireEnvironment, WireRun, WireStanding } from '../../server/wire.ts'
import { Empty } from '../base/answer.tsx'
import { Facts, SearchedTable } from '../base/facts.tsx'
import { sizeText } from '../base/number-text.ts'
import { addressOf } from '../base/route.ts'
import { BesideDifferences } from './beside-differences.tsx'

/** System, languages, packages and variables. */
export function EnvironmentTab({ run, standing }: { run: WireRun; standing: WireStanding | undefined }) {
  const { environment } = run
  if (environment === null)
    return <Empty title="Not recorded yet">The environment is recorded when the run ends.</Empty>
  const { cpu } = environment
  return (
    <>
      <BesideDifferences run={run} standing={standing} part="environment" />
      <div class="columns">
        <section class="card">
          <h2>Machine</h2>
          <Facts
            facts={[
              ['system', environment.os],
              ['processor', `${cpu.model}, ${cpu.count} cores`],
              ['memory', sizeText(cpu.memoryBytes)],
              ['GPU', environment.gpus.join(', ')],
              ['CUDA', environment.cuda],
              ['container', environment.container],
              ...environment.languages.map(({ name, version }) => [name, version] as const),
            ]}
          />
          {environment.variables.length > 0 && (
            <>
              <h3>Variables</h3>
              <SearchedTable
                label="variables"
                heads={[{ title: 'Name' }, { title: 'Value' }]}
                rows={environment.variables}
                nameOf={({ name }) => name}
                cells={({ name, value }) => [<code>{name}</code>, <code>{value}</code>]}
              />
            </>
          )}
        </section>
        <Packages environment={environment} />
      </div>
    </>
  )
}

function Packages({ environment }: { environment: WireEnvironment }) {
  return (
    <section class="card">
      <h2>
        Packages <span class="muted">{environment.packages.length}</span>
      </h2>
      {environment.unpinned.length > 0 && <p class="worse">Not pinned: {environment.unpinned.join(', ')}</p>}
      {environment.packages.length === 0 && <p class="muted">No lockfile or package list was found.</p>}
      {environment.packages.length > 0 && (
        <SearchedTable
          label="packages"
          heads={[{ title: 'Package' }, { title: 'Version' }, { title: 'Told by' }]}
          rows={environment.packages}
          nameOf={({ name, source }) => `${name} ${source}`}
          cells={({ name, version, source }) => [name, <code>{version}</code>, <span class="muted">{source}</span>]}
        />
      )}
    </section>
  )
}

/** The inputs of a run. */
export function DataTab({ run, standing }: { run: WireRun; standing: WireStanding | undefined }) {
  if (run.datasets.length === 0) {
    return <Empty title="No input was recorded">Name them with --data, or as 'data' in mlv.yaml.</Empty>
  }
  return (
    <>
      <BesideDifferences run={run} standing={standing} part="datasets" />
      {run.datasets.map(({ uri, pin, sizeBytes, fileCount, rows, columns, revision }) => (
        <section key={uri} class="card">
          <h2 class="key">{uri}</h2>
          <Facts
            facts={[
              ['pinned by', pin === null ? <span class="worse">nothing</span> : <code class="break">{pin}</code>],
              ['size', sizeBytes === null ? null : sizeText(sizeBytes)],
              ['files', fileCount],
              ['rows', rows?.toLocaleString('en-GB')],
              ['revision', revision],
              ['read by', <a href={addressOf('lineage', { of: `data:${pin ?? uri}` })}>all that came of it</a>],
            ]}
          />
          {columns !== null && (
            <SearchedTable
              label={`columns of ${uri}`}
              heads={[{ title: 'Column' }, { title: 'Type' }]}
              rows={columns}
              nameOf={({ name }) => name}
              cells={({ name, type }) => [name, type ?? '']}
            />
          )}
        </section>
      ))}
    </>
  )
}
