/**
 * The run that is looked at, in all charts and lists at once.
 */
import { signal } from '@preact/signals'

/** Its id; `undefined` while none is. */
export const highlightedRun = signal<string | undefined>(undefined)
