/**
 * Models and their versions as tables.
 */
import { instantMs } from '../../src/base/clock.ts'
import { compareText } from '../../src/base/order.ts'
import { isSystemMetric } from '../../src/domain/key.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import type { ModelRow, ModelView } from '../../src/ops/models/list-models.ts'
import { bestValue, markedNumber } from './best-mark.ts'
import { column } from './columns.ts'
import type { Column, Table } from './columns.ts'
import { styled } from './line.ts'
import type { Span } from './line.ts'
import { metricName } from './metric-change.ts'
import { exactNumberText } from './number.ts'
import type { Reader } from './run-table.ts'
import { agoText } from './time.ts'

type ViewedVersion = ModelView['versions'][number]

/** The table of `mlv models`: name, number of versions, newest, aliases, description. */
export function modelTable(rows: readonly ModelRow[], reader: Reader): Table {
  const cut: Column = { ...column('description'), whenNarrow: 'cut' }
  return {
    columns: [
      column('model'),
      column('versions', 'right'),
      column('latest'),
      column('created'),
      column('aliases'),
      cut,
    ],
    rows: rows.map(({ model, versions, latest, aliases }) => [
      styled('subject', model.name),
      String(versions),
      latest === undefined ? '' : `v${latest.number}`,
      latest === undefined ? '' : createdText(latest.createdAt, reader),
      aliases.map(({ name, version }) => `${name}=v${version.number}`).join(' '),
      model.description ?? '',
    ]),
  }
}

/** The table of `mlv models NAME`, newest version first. A person sees which value of those in use is best. */
export function versionTable(view: ModelView, reader: Reader): Table {
  const keys = metricKeys(view)
  const bests = keys.map((key) => bestOf(view, key))
  const cut: Column = { ...column('message'), whenNarrow: 'cut' }
  return {
    columns: [
      ...['version', 'created', 'aliases', 'state'].map((title) => column(title)),
      ...keys.map((key) => metricColumn(view, key, reader)),
      cut,
    ],
    rows: view.versions.map((entry) => versionCells(entry, keys, bests, reader)),
  }
}

/** A retired version is not the best of anything. */
function bestOf({ model, versions }: ModelView, key: MetricKey): number | undefined {
  const inUse = versions.filter(({ state }) => state.retired === undefined)
  const values = inUse.flatMap(({ version }) => version.metrics.get(key)?.summary.last ?? [])
  return bestValue(values, model.metrics.get(key)?.goal ?? 'none')
}

function versionCells(
  { version, state, aliases }: ViewedVersion,
  keys: readonly MetricKey[],
  bests: readonly (number | undefined)[],
  reader: Reader,
): Span[] {
  const values = keys.map((key, index) => {
    const value = version.metrics.get(key)?.summary.last
    if (value === undefined) return ''
    return reader.isPerson ? markedNumber(value, bests[index]) : exactNumberText(value)
  })
  return [
    styled('subject', `v${version.number}`),
    createdText(version.createdAt, reader),
    styled('good', aliases.join(', ')),
    state.retired === undefined ? '' : styled('bad', 'retired'),
    ...values,
    state.retired?.reason ?? version.message ?? '',
  ]
}

function metricColumn({ model }: ModelView, key: MetricKey, { isPerson }: Reader): Column {
  const title = isPerson ? metricName(key, model.metrics.get(key)?.goal ?? 'none') : key
  return { title, align: 'right', whenNarrow: 'drop' }
}

/** Every metric of the versions but samples of the machine; those the model declares a goal for first. */
function metricKeys({ model, versions }: ModelView): readonly MetricKey[] {
  const keys = new Set(versions.flatMap(({ version }) => [...version.metrics.keys()]))
  const rank = (key: MetricKey): number => ((model.metrics.get(key)?.goal ?? 'none') === 'none' ? 1 : 0)
  const shown = [...keys].filter((key) => !isSystemMetric(key) || rank(key) === 0)
  return shown.sort((left, right) => rank(left) - rank(right) || compareText(left, right))
}

function createdText(at: Parameters<typeof instantMs>[0], { isPerson, nowMs }: Reader): string {
  return isPerson ? agoText(instantMs(at), nowMs) : at
}
