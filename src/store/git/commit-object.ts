/**
 * Commit objects as bytes. Writing emits exactly the five headers mlv uses; reading skips headers it does not know,
 * such as signatures, and refuses a commit whose required ones are missing or malformed.
 */
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { Commit, Signature } from './engine.ts'

/** What a new commit says. */
export type CommitContent = Omit<Commit, 'oid'>

const SIGNATURE = /^(.*?) ?<([^<>]*)> (\d{1,15}) ([+-]\d{4})$/

/** Writes a commit object. Names and addresses lose the characters git drops from them: `<`, `>`, newline, NUL. */
export function encodeCommit(commit: CommitContent): Uint8Array {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${formatSignature(commit.author)}`,
    `committer ${formatSignature(commit.committer)}`,
  ]
  return Buffer.from(`${lines.join('\n')}\n\n${commit.message}`, 'utf8')
}

/**
 * Reads a commit object.
 *
 * @throws `object-damaged` when a header git requires is missing or malformed.
 */
export function parseCommit(oid: Oid, bytes: Uint8Array): Commit {
  const text = Buffer.from(bytes).toString('utf8')
  const end = text.indexOf('\n\n')
  const headers = (end < 0 ? text.replace(/\n$/, '') : text.slice(0, end)).split('\n')
  return {
    oid,
    tree: requiredOid(oid, headers, 'tree'),
    parents: valuesOf(headers, 'parent').map((parent) => checkedOid(oid, parent, 'parent')),
    author: requiredSignature(oid, headers, 'author'),
    committer: requiredSignature(oid, headers, 'committer'),
    message: end < 0 ? '' : text.slice(end + 2),
  }
}

/** Writes a signature as commits and reflogs hold it: `Name <address> seconds zone`. */
export function formatSignature(signature: Signature): string {
  return `${crudless(signature.name)} <${crudless(signature.email)}> ${signature.atSeconds} ${signature.zone}`
}

function crudless(text: string): string {
  // NUL and newline would end the header early.
  return text.replace(/[<>\n\0]/g, '').trim()
}

/** A continued header line starts with a space, so it never looks like a header of its own. */
function valuesOf(headers: readonly string[], name: string): readonly string[] {
  return headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
}

function requiredOid(commit: Oid, headers: readonly string[], name: string): Oid {
  return checkedOid(commit, valuesOf(headers, name)[0] ?? '', name)
}

function checkedOid(commit: Oid, text: string, name: string): Oid {
  const oid = parseOid(text)
  if (oid === undefined) throw damaged(commit, `its '${name}' is not an object name`)
  return oid
}

function requiredSignature(commit: Oid, headers: readonly string[], role: string): Signature {
  const [, name, email, seconds, zone] = SIGNATURE.exec(valuesOf(headers, role)[0] ?? '') ?? []
  if (name === undefined || email === undefined || seconds === undefined || zone === undefined) {
    throw damaged(commit, `its '${role}' is not a signature`)
  }
  return { name, email, atSeconds: Number(seconds), zone }
}

function damaged(commit: Oid, problem: string): Error {
  return refuse('object-damaged', { what: 'commit', id: commit, problem })
}
