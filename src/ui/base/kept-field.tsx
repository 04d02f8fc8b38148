/**
 * A field whose text counts when Enter is pressed or the field is left. What is being typed stays as it is, however
 * often the page is drawn meanwhile.
 */
import type { TargetedEvent, TargetedKeyboardEvent } from 'preact'
import { useState } from 'preact/hooks'

interface KeptFieldProps {
  readonly label: string
  /** Numbers need other keys on a phone, and less room. */
  readonly kind: 'search' | 'number'
  /** What counts now. */
  readonly kept: string
  readonly onKeep: (text: string) => void
  /** Enter on a text that counts already; `isBack` with Shift. */
  readonly onAgain?: (isBack: boolean) => void
}

/** The field. */
export function KeptField({ label, kind, kept, onKeep, onAgain }: KeptFieldProps) {
  const [draft, setDraft] = useState({ text: kept, over: kept })
  const shared = {
    'aria-label': label,
    value: draft.over === kept ? draft.text : kept,
    onInput: ({ currentTarget }: FieldEvent) => setDraft({ text: currentTarget.value, over: kept }),
    onChange: ({ currentTarget }: FieldEvent) => onKeep(currentTarget.value),
    onKeyDown: ({ key, shiftKey, currentTarget }: TargetedKeyboardEvent<HTMLInputElement>) => {
      if (key !== 'Enter') return
      if (currentTarget.value === kept) onAgain?.(shiftKey)
      else onKeep(currentTarget.value)
    },
  }
  if (kind === 'search') return <input type="search" placeholder={label} {...shared} />
  return <input type="text" inputMode="numeric" class="step-field" {...shared} />
}

type FieldEvent = TargetedEvent<HTMLInputElement>
