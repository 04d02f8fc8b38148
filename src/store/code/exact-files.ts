/**
 * Finds the files whose bytes on the disk are not the blobs of a tree, and by what each can be had back.
 */
import { createHash } from 'node:crypto'
import { isUtf8 } from 'node:buffer'
import { join } from 'node:path'
import { sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { CodeForms } from './code-forms.ts'
import { findConversions } from './conversion-rules.ts'
import type { Conversion } from './conversion-rules.ts'
import { findSecrets } from '../inputs/secret-scan.ts'
import type { SnapshotLimits } from './snapshot-guard.ts'
import type { WorktreeGit } from './worktree-git.ts'

/** How the files of a tree are on the disk. */
export interface ExactFiles {
  readonly forms: CodeForms
  /** Files to keep as they are beside the tree, with their mode in git's words: `100644` or `100755`. */
  readonly raw: readonly { readonly path: string; readonly mode: string }[]
  /** Files that cannot be had back byte for byte, one sentence each. */
  readonly omitted: readonly string[]
}

/** A file of the tree. */
interface TreeBlob {
  readonly mode: string
  readonly oid: Oid
}

const LFS_FILTER = 'lfs'
/** A Git LFS pointer is smaller. */
const POINTER_BELOW_BYTES = 1024
/** Each costs a start of its filter. */
const FILTERED_LIMIT = 500
const CARRIAGE_RETURN = 13
const LINE_FEED = 10

/**
 * Looks at the files of a tree that git may have changed on their way in.
 *
 * @throws `git-failed`, and the disk's errors
 */
export async function findExactFiles(git: WorktreeGit, tree: Oid, limits: SnapshotLimits): Promise<ExactFiles> {
  const blobs = parseTreeList(await git.bytes(['ls-tree', '-r', '-z', '--full-tree', tree]))
  const search = new Search(git, limits)
  for (const conversion of await findConversions(git, [...blobs.keys()])) {
    const blob = blobs.get(conversion.path)
    if (blob !== undefined) await search.look(conversion, blob)
  }
  const { crlf, lfs, filtered, raw, omitted } = search
  return { forms: { crlf, lfs, filtered }, raw, omitted }
}

/** Files alone: links and submodules are never converted. Names that are not UTF-8 are left to git. */
function parseTreeList(stdout: Uint8Array): ReadonlyMap<string, TreeBlob> {
  const blobs = new Map<string, TreeBlob>()
  for (const line of Buffer.from(stdout).toString('latin1').split('\0')) {
    const [, mode, name, rawPath] = /^(100644|100755) blob ([0-9a-f]+)\t([^]*)$/.exec(line) ?? []
    const oid = parseOid(name ?? '')
    const path = Buffer.from(rawPath ?? '', 'latin1')
    if (mode !== undefined && oid !== undefined && isUtf8(path)) blobs.set(path.toString('utf8'), { mode, oid })
  }
  return blobs
}

class Search {
  readonly crlf: string[] = []
  readonly lfs: string[] = []
  readonly filtered = new Map<string, Sha256>()
  readonly raw: { readonly path: string; readonly mode: string }[] = []
  readonly omitted: string[] = []
  readonly #git: WorktreeGit
  readonly #limits: SnapshotLimits
  #rawBytes = 0

  constructor(git: WorktreeGit, limits: SnapshotLimits) {
    this.#git = git
    this.#limits = limits
  }

  async look(conversion: Conversion, blob: TreeBlob): Promise<void> {
    const { path } = conversion
    const file = join(this.#git.place.worktree, path)
    const stat = await this.#git.files.lstat(file)
    // Absent in a sparse checkout.
    if (stat?.kind !== 'file') return
    if (conversion.filter === LFS_FILTER && stat.sizeBytes >= POINTER_BELOW_BYTES) this.lfs.push(path)
    else if (stat.sizeBytes > this.#limits.limitBytes) this.#omit(path, 'too large to be compared with what git stores')
    else this.#compare(conversion, blob, await this.#git.files.readFile(file), await this.#smudgedFor(conversion, blob))
  }

  /** What the filter gives back, for filters other than git-lfs, which would go to its server. */
  async #smudgedFor({ filter, path }: Conversion, { oid }: TreeBlob): Promise<Uint8Array | undefined> {
    if (filter === undefined || filter === LFS_FILTER || this.filtered.size >= FILTERED_LIMIT) return undefined
    return this.#git.bytes(['cat-file', '--filters', `--path=${path}`, oid]).catch(() => undefined)
  }

  #compare(conversion: Conversion, blob: TreeBlob, bytes: Uint8Array, smudged: Uint8Array | undefined): void {
    const { path, filter } = conversion
    if (blobName(bytes, blob.oid) === blob.oid) return
    if (filter === LFS_FILTER) this.lfs.push(path)
    else if (conversion.isText && isAllCrlf(bytes) && blobName(withoutReturns(bytes), blob.oid) === blob.oid) {
      this.crlf.push(path)
    } else if (smudged !== undefined && Buffer.compare(smudged, bytes) === 0) this.filtered.set(path, sha256Of(bytes))
    else this.#keepRaw(conversion, blob, bytes)
  }

  #keepRaw({ path, filter }: Conversion, { mode }: TreeBlob, bytes: Uint8Array): void {
    this.#rawBytes += bytes.length
    // A filter that is there to hide what a file says would be undone by keeping the file as it is.
    if (filter !== undefined && /crypt|secret|sops|vault|age\b/i.test(filter)) {
      this.#omit(path, `the filter '${filter}' may hide secrets, and does not give the same bytes back`)
    } else if (/^"|\n/.test(path)) this.#omit(path, 'a name that git cannot be told')
    else if (this.#rawBytes > this.#limits.limitBytes) this.#omit(path, 'beyond the size limit of a snapshot')
    else if (filter !== undefined && !this.#limits.allowSecrets && holdsSecret(bytes)) {
      this.#omit(path, `looks like a secret that the filter '${filter}' takes out`)
    } else this.raw.push({ path, mode })
  }

  #omit(path: string, reason: string): void {
    this.omitted.push(`${path}: kept as git stores it: ${reason}`)
  }
}

function holdsSecret(bytes: Uint8Array): boolean {
  return findSecrets(Buffer.from(bytes).toString('latin1')).length > 0
}

/** The name git gives these bytes, in the object format of another name. */
function blobName(bytes: Uint8Array, like: Oid): string {
  const hash = createHash(like.length === 40 ? 'sha1' : 'sha256')
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

/** Whether every line feed has a carriage return before it, and there is one at all. */
function isAllCrlf(bytes: Uint8Array): boolean {
  let has = false
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at - 1] !== CARRIAGE_RETURN) return false
    has = true
  }
  return has
}

/** Takes the carriage return before each line feed out, as git does. */
function withoutReturns(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(bytes.length)
  let length = 0
  for (const [index, byte] of bytes.entries()) {
    if (byte === CARRIAGE_RETURN && bytes[index + 1] === LINE_FEED) continue
    kept[length++] = byte
  }
  return kept.subarray(0, length)
}
