/**
 * What came of running versions again.
 */
import type { WireReceipt } from '../../server/wire.ts'
import { changeText, momentText, agoText } from '../base/number-text.ts'
import { addressOf } from '../base/route.ts'
import { numberOf, wireMetricText } from '../base/wire-value.ts'
import { runAddress } from '../runs/cells.tsx'

/** Receipts, newest first: outcome, causes, and the metrics that differed. */
export function Receipts({ receipts, of }: { receipts: readonly WireReceipt[]; of: string }) {
  return (
    <ul class="receipts">
      {receipts.map((receipt) => (
        <li key={receipt.id}>
          <Receipt receipt={receipt} of={of} />
        </li>
      ))}
    </ul>
  )
}

function Receipt({ receipt, of }: { receipt: WireReceipt; of: string }) {
  const { outcome, version, at, by, run, compared, causes } = receipt
  const different = compared.filter(({ isSame }) => !isSame)
  const alike = compared.length - different.length
  return (
    <>
      <p>
        <b class={outcome === 'reproduced' ? 'better' : 'worse'}>
          {outcome === 'reproduced' ? '✓ reproduced' : '✗ differed'}
        </b>{' '}
        v{version}, <time title={momentText(at)}>{agoText(at)}</time> by {by.replace(/ <.*>$/, '')}:{' '}
        <a href={runAddress(run)}>the repetition</a>,{' '}
        <a href={addressOf('compare', { runs: `${of},${run}` })}>beside it</a>
      </p>
      {different.length > 0 && (
        <table class="plain">
          <thead>
            <tr>
              {['Metric', 'Recorded', 'Repeated', 'Change'].map((title, index) => (
                <th key={title} scope="col" class={index === 0 ? '' : 'number'}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {different.slice(0, 20).map(({ key, recorded, repeated }) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td class="number">{recorded === null ? 'not measured' : wireMetricText(recorded)}</td>
                <td class="number">{repeated === null ? 'not measured' : wireMetricText(repeated)}</td>
                <td class="number worse">
                  {recorded !== null && repeated !== null && changeText(numberOf(recorded), numberOf(repeated))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {alike > 0 && (
        <p class="muted small">{alike === 1 ? 'one metric' : `${alike} metrics`} within what was declared</p>
      )}
      {causes.map(({ cause, evidence }) => (
        <p key={cause} class="muted small">
          not the same {cause}: {evidence.join(', ')}
        </p>
      ))}
    </>
  )
}
