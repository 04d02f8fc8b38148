/**
 * Forges: where a change is discussed. The port that posting a report is behind; one adapter an API.
 */
import type { Oid } from '../../domain/oid.ts'

/** A comment of a pull request. */
export interface ForgeComment {
  readonly id: number
  /** The login of who wrote it. */
  readonly author: string
  readonly body: string
}

/** What a commit is told to have come to. */
export interface CommitStatus {
  /** Tells this status from others: `mlv/churn`. */
  readonly context: string
  readonly state: 'success' | 'failure'
  /** One line, at most 140 characters. */
  readonly description: string
  /** Where there is more to read. */
  readonly page?: string
}

/** A branch of whoever made a request. */
export interface RequestBranch {
  readonly owner: string
  readonly branch: string
}

/**
 * The API of a forge, for one project. Every method may be tried again after a failure.
 *
 * @throws `remote-unreachable`, `remote-refused`
 */
export interface Forge {
  /** The login that the token speaks for; `undefined` when the forge does not tell a token of a job its name. */
  readonly login: () => Promise<string | undefined>
  /** The logins that jobs of this forge write as, for tokens that are not told their own. */
  readonly jobLogins: readonly string[]
  /** The commit a request is at now. */
  readonly headOf: (request: number) => Promise<Oid | undefined>
  /** The open request of a branch at a commit; `undefined` when there is none. */
  readonly requestOf: (branch: RequestBranch, head: Oid) => Promise<number | undefined>
  /** Every comment of a request, oldest first. */
  readonly comments: (request: number) => Promise<readonly ForgeComment[]>
  readonly create: (request: number, body: string) => Promise<ForgeComment>
  readonly edit: (request: number, id: number, body: string) => Promise<void>
  readonly remove: (request: number, id: number) => Promise<void>
  readonly setStatus: (commit: Oid, status: CommitStatus) => Promise<void>
  readonly close: () => Promise<void>
}
