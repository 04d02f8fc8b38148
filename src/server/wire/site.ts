/**
 * What the pages of a site of files and the script that answers them say to each other.
 */

/** What a server would have answered. */
export interface SiteAnswer {
  /** As HTTP has it. */
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array<ArrayBuffer>
}

/** Loads a document of the site by its name, such as `run/01m7…`; `undefined` where there is none. */
export type LoadSiteDocument = (name: string) => Promise<unknown>

/** Answers an address below the pages, such as `api/runs?filter=`. It refuses as a server does, and never throws. */
export type SiteAnswerer = (address: string, load: LoadSiteDocument) => Promise<SiteAnswer>
