/**
 * Makes a site: the pages of `mlv ui` as files that need no server, of the branch as it is.
 *
 * Law: the same tip of the branch and the same wish give the same bytes, wherever and whenever a site is made, as long
 * as the same artifacts can be had.
 */
import { pinRepository } from '../../ops/read/pinned-repository.ts'
import type { PinnedRepository } from '../../ops/read/pinned-repository.ts'
import { writeSiteFile, writeSiteFolder } from '../../ops/read/write-site.ts'
import type { SiteFile, WrittenSite } from '../../ops/read/write-site.ts'
import type { Repository } from '../../ops/repository/repository.ts'
import { documentText } from './site-part.ts'
import { gatherParts, noTally } from './gather-parts.ts'
import type { OnRun, SiteTally, SiteWish } from './gather-parts.ts'
import { documentElement, documentScript, filePage, folderPage, isSitePage } from './site-page.ts'
import type { SiteAssets } from './site-page.ts'

/** Where a site goes; relative to the folder the repository was opened from. */
export type SitePlace =
  { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'file'; readonly path: string }

/** What was made. */
export interface SiteReport {
  readonly written: WrittenSite
  readonly tally: SiteTally
  /** The commit of the branch. */
  readonly tip: string
}

const MARKER = 'mlv-site.json'
const NAMES = ['index.html', 'app.css', 'app.js', 'site.js', MARKER, '.nojekyll']
const DOCUMENT = /^data\/[\w/]+\.js$/
const SHAPE = { marker: MARKER, isOwn: (path: string) => NAMES.includes(path) || DOCUMENT.test(path) }

/**
 * Makes a site of all runs, or of those that are chosen.
 *
 * @throws `branch-not-found`, `filter-invalid`, `name-invalid`, `site-occupied`, the disk's refusals
 */
export async function makeSite(
  repository: Repository,
  place: SitePlace,
  wish: SiteWish,
  { assets, onRun }: { readonly assets: SiteAssets; readonly onRun: OnRun },
): Promise<SiteReport> {
  const pinned = await pinRepository(repository)
  const tally = noTally()
  const parts = { pinned, wish, tally, onRun, assets }
  const written =
    place.kind === 'folder'
      ? await writeSiteFolder(repository, place.path, SHAPE, folderFiles(parts))
      : await writeSiteFile(repository, place.path, isSitePage, filePieces(parts))
  return { written, tally, tip: pinned.tip }
}

interface Making {
  readonly pinned: PinnedRepository
  readonly wish: SiteWish
  readonly tally: SiteTally
  readonly onRun: OnRun
  readonly assets: SiteAssets
}

async function* folderFiles({ pinned, wish, tally, onRun, assets }: Making): AsyncGenerator<SiteFile> {
  for await (const { name, document } of gatherParts(pinned, wish, tally, onRun)) {
    yield { path: `data/${name}.js`, text: documentScript(name, documentText(document)) }
  }
  for (const name of ['app.css', 'app.js', 'site.js'] as const) yield { path: name, text: assets[name] }
  yield { path: 'index.html', text: folderPage(assets) }
  // A host that makes pages of Markdown leaves a folder with this file as it is.
  yield { path: '.nojekyll', text: '' }
  const { mlvVersion } = wish
  yield { path: MARKER, text: `${JSON.stringify({ mlvVersion, tip: pinned.tip, runs: tally.runs }, undefined, 2)}\n` }
}

async function* filePieces({ pinned, wish, tally, onRun, assets }: Making): AsyncGenerator<string> {
  const { start, end } = filePage(assets)
  yield start
  for await (const { name, document } of gatherParts(pinned, wish, tally, onRun)) {
    yield documentElement(name, documentText(document))
  }
  yield end
}
