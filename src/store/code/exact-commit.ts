/**
 * The commit `code.exact`: `forms.json`, and below `raw/` the files that no rule gives, on top of the code it is about.
 * Only objects are written.
 */
import { present } from '../../base/assert.ts'
import type { Entropy } from '../../base/clock.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Commit, Signatures } from '../git/engine.ts'
import { encodeForms, FORMS_FILE, RAW_FOLDER } from './code-forms.ts'
import { identityOf } from './code-snapshot.ts'
import type { ExactFiles } from './exact-files.ts'
import type { WorktreeGit } from './worktree-git.ts'

const MESSAGE = 'mlv: how the files of this code differ from what git stores\n'
const NAME_BYTES = 12

/** Tells whether every file is its blob, so that there is nothing to write. */
export function isPlain({ forms, raw }: ExactFiles): boolean {
  return forms.crlf.length + forms.lfs.length + forms.filtered.size + raw.length === 0
}

/** Tells a commit of `code.exact` from one of code; the first parent is then the code it is about. */
export function isExactCommit({ message, parents }: Pick<Commit, 'message' | 'parents'>): boolean {
  return message === MESSAGE && parents.length === 1
}

/** Writes the commit; `parent` is the code it is about. @throws `git-failed`, `disk-full` */
export async function commitExactFiles(
  git: WorktreeGit,
  exact: ExactFiles,
  parent: Oid,
  options: { readonly signatures: Signatures; readonly entropy: Entropy },
): Promise<Oid> {
  const forms = await git.text(['hash-object', '-w', '--stdin'], { input: encodeForms(exact.forms) })
  const lines = [`100644 ${forms}\t${FORMS_FILE}`, ...(await writeRaw(git, exact.raw))]
  const tree = await writeTree(git, lines, options.entropy)
  const args = ['commit-tree', '-p', parent, '-F', '-', tree]
  const variables = identityOf(options.signatures)
  return oidFrom(await git.text(args, { variables, input: Buffer.from(MESSAGE) }))
}

async function writeRaw(git: WorktreeGit, raw: ExactFiles['raw']): Promise<readonly string[]> {
  if (raw.length === 0) return []
  const input = Buffer.from(raw.map(({ path }) => `${path}\n`).join(''))
  const names = (await git.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input })).split('\n')
  return raw.map(({ path, mode }, index) => `${mode} ${oidFrom(names[index] ?? '')}\t${RAW_FOLDER}/${path}`)
}

/** `git mktree` makes one folder only; an index of its own makes all. */
async function writeTree(git: WorktreeGit, lines: readonly string[], entropy: Entropy): Promise<Oid> {
  const { files, place } = git
  const folder = `${place.commonDir}/mlv/tmp/code-${Buffer.from(entropy.randomBytes(NAME_BYTES)).toString('hex')}`
  const variables = { GIT_INDEX_FILE: `${folder}/exact` }
  await files.makeFolder(folder)
  try {
    const input = Buffer.from(lines.map((line) => `${line}\0`).join(''))
    await git.bytes(['update-index', '-z', '--index-info'], { variables, input })
    return oidFrom(await git.text(['write-tree'], { variables }))
  } finally {
    await files.remove(`${folder}/exact.lock`)
    await files.remove(`${folder}/exact`)
    await files.removeFolder(folder)
  }
}

function oidFrom(text: string): Oid {
  return present(parseOid(text), 'git to print an object name')
}
