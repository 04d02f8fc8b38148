/**
 * A choice of one field.
 */
import { fieldTitle } from '../runs/columns.ts'
import { plotFields } from './use-plot-rows.ts'

const LISTED = 500

interface FieldSelectProps {
  readonly label: string
  readonly value: string
  readonly none?: string
  readonly onPick: (field: string) => void
}

/** A list of the metrics and parameters of the runs that match. */
export function FieldSelect({ label, value, none, onPick }: FieldSelectProps) {
  const { metrics, parameters } = plotFields()
  const isListed = value === '' || metrics.includes(value) || parameters.includes(value)
  return (
    <label class="select">
      {label}
      <select value={value} onChange={({ currentTarget }) => onPick(currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {!isListed && <option value={value}>{fieldTitle(value)}</option>}
        <Options label="Metrics" fields={metrics} />
        <Options label="Parameters" fields={parameters} />
      </select>
    </label>
  )
}

function Options({ label, fields }: { label: string; fields: readonly string[] }) {
  return (
    <optgroup label={label}>
      {fields.slice(0, LISTED).map((field) => (
        <option key={field} value={field}>
          {fieldTitle(field)}
        </option>
      ))}
    </optgroup>
  )
}
