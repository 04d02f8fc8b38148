/**
 * The models there are.
 */
import { useState } from 'preact/hooks'
import type { WireModelHead } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { useEvents } from '../base/live.ts'
import { agoText, metricText, momentText, sizeText } from '../base/number-text.ts'
import { addressOf } from '../base/route.ts'
import { numberOf } from '../base/wire-value.ts'

/** A card for each model. */
export function ModelsPage() {
  const [version, setVersion] = useState(0)
  const answer = useAnswer((signal) => api.models(signal), [version])
  useEvents((event) => {
    if (event.kind === 'branch-moved') setVersion((count) => count + 1)
  }, [])
  return (
    <main class="page">
      <header class="page-head">
        <h1>Models</h1>
      </header>
      <Answered answer={answer}>
        {({ models }) =>
          models.length === 0 ? (
            <Empty title="No models yet">
              <p>Register one from a run:</p>
              <pre>mlv commit --model churn=model.bin</pre>
            </Empty>
          ) : (
            <div class="model-cards">
              {models.map((model) => (
                <ModelCard key={model.name} model={model} />
              ))}
            </div>
          )
        }
      </Answered>
    </main>
  )
}

function ModelCard({ model }: { model: WireModelHead }) {
  const { latest } = model
  return (
    <section class="card model-card">
      <h2>
        <a href={addressOf(`model/${encodeURIComponent(model.name)}`)}>{model.name}</a>
        <span class="muted small">
          {model.versions} {model.versions === 1 ? 'version' : 'versions'}
        </span>
      </h2>
      {model.description !== null && <p>{model.description}</p>}
      <p class="aliases">
        {model.aliases.map(({ name, version }) => (
          <span key={name} class="alias">
            <b>{name}</b> v{version}
          </span>
        ))}
        {model.aliases.length === 0 && <span class="muted">no alias names a version</span>}
      </p>
      {latest !== null && (
        <>
          <p class="muted small">
            newest is v{latest.number}, {sizeText(latest.sizeBytes)},{' '}
            <time title={momentText(latest.createdAt)}>{agoText(latest.createdAt)}</time>
          </p>
          <NewestMetrics model={model} latest={latest} />
        </>
      )}
    </section>
  )
}

type Newest = NonNullable<WireModelHead['latest']>

/** The list has metrics of the newest version only; readers would take them for those of what is in production. */
function NewestMetrics({ model, latest }: { model: WireModelHead; latest: Newest }) {
  const shown = latest.metrics.filter(({ key }) => !key.startsWith('system/')).slice(0, 4)
  const named = model.aliases.find(({ name }) => name === 'production') ?? model.aliases[0]
  if (shown.length === 0) return null
  return (
    <p class="metric-line">
      <b>{named?.version === latest.number ? `v${latest.number}:` : `newest, v${latest.number}:`}</b>
      {shown.map(({ key, summary }) => {
        const value = numberOf(summary.last)
        return (
          <span key={key}>
            <span class="muted">{key}</span> {metricText(value)}
          </span>
        )
      })}
    </p>
  )
}
