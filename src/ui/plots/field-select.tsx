/**
 * A choice of one field.
 */
import { anyFieldTitle } from './plot-axis.ts'
import { plotFields } from './use-plot-rows.ts'

const LISTED = 500

interface FieldSelectProps {
  readonly label: string
  readonly value: string
  readonly none?: string
  /** Which kinds of fields there are to choose from; all when absent. */
  readonly only?: 'metrics'
  readonly onPick: (field: string) => void
}

/** A list of the fields of the runs that match. */
export function FieldSelect({ label, value, none, only, onPick }: FieldSelectProps) {
  const { metrics, parameters, heads } = plotFields()
  const listed = only === 'metrics' ? metrics : [...metrics, ...parameters, ...heads]
  const isListed = value === '' || listed.includes(value)
  return (
    <label class="select">
      {label}
      <select aria-label={label} value={value} onChange={({ currentTarget }) => onPick(currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {!isListed && <option value={value}>{anyFieldTitle(value)}</option>}
        <Options label="Metrics" fields={metrics} />
        {only === undefined && <Options label="Parameters" fields={parameters} />}
        {only === undefined && <Options label="Runs" fields={heads} />}
      </select>
    </label>
  )
}

function Options({ label, fields }: { label: string; fields: readonly string[] }) {
  return (
    <optgroup label={label}>
      {fields.slice(0, LISTED).map((field) => (
        <option key={field} value={field}>
          {anyFieldTitle(field)}
        </option>
      ))}
    </optgroup>
  )
}
