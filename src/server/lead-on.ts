/**
 * Pages that lead on to the pages of the repository, with what stands after `#` in the address they were opened by:
 * that is where a person wanted to go, and no server is ever told of it.
 */
import { markupText } from '../base/markup-text.ts'

/** Where the script below is; whoever can open a link can read it. */
export const LEAD_ON_PATH = '/enter.js'

/** What such a page runs. */
export const LEAD_ON_SCRIPT = 'location.replace(document.currentScript.dataset.to + location.hash)\n'

/** The head of a page that leads to an address of this server; without scripts it leads to the first page there. */
export function leadOn(to: string): string {
  const place = markupText(to)
  return (
    `<script src="${LEAD_ON_PATH}" data-to="${place}"></script>` +
    `<noscript><meta http-equiv="refresh" content="0;url=${place}"></noscript>`
  )
}
