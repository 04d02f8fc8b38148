/**
 * Parts of a site as they are written, and their text.
 */

/** One document of a site. */
export interface SitePart {
  /** As in `site-document.ts`. */
  readonly name: string
  readonly document: object
}

/**
 * A document as JSON that is at home in a script and in a page: no character of it begins a tag, a comment or a line of
 * JavaScript.
 */
export function documentText(document: object): string {
  return JSON.stringify(document).replace(/[<\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
