/**
 * The closed list of refusals: what mlv can say no to, and the data each refusal carries.
 *
 * Codes are public and never renamed once released. Message, exit code and next command are mapped types over this
 * list, so a new code fails to compile until each of them answers.
 */

/** Where in a file a refusal points; line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** The refusals mlv can report, with their data. */
export interface FailureData {
  // What was typed.
  readonly 'usage-invalid': { readonly problem: string }
  readonly 'argument-option-like': { readonly argument: string; readonly expected: string }
  readonly 'name-invalid': { readonly kind: string; readonly text: string; readonly rule: string }
  readonly 'name-taken': { readonly kind: string; readonly text: string; readonly existing: string }
  readonly 'revision-invalid': { readonly text: string; readonly problem: string }
  readonly 'filter-invalid': { readonly filter: string; readonly column: number; readonly problem: string }
  readonly 'sql-invalid': { readonly problem: string }
  readonly 'ref-name-invalid': { readonly text: string; readonly rule: string }
  readonly 'digest-invalid': { readonly text: string }
  /** `isTooOld` tells a moment that is well written and before the branch. */
  readonly 'instant-invalid': { readonly text: string; readonly isTooOld?: boolean }

  // What was asked for and is not there.
  readonly 'repository-not-found': { readonly folder: string }
  readonly 'branch-not-found': { readonly ref: string }
  readonly 'run-not-found': { readonly text: string; readonly closest: readonly string[] }
  readonly 'commit-not-found': { readonly text: string }
  readonly 'run-not-live': { readonly text?: string; readonly problem: string }
  readonly 'model-not-found': { readonly text: string; readonly closest: readonly string[] }
  readonly 'version-not-found': { readonly model: string; readonly text: string; readonly closest: readonly string[] }
  readonly 'alias-not-found': { readonly model: string; readonly text: string; readonly closest: readonly string[] }
  readonly 'operation-not-found': { readonly text: string }
  readonly 'revision-ambiguous': { readonly text: string; readonly matches: readonly string[] }
  readonly 'metric-not-found': { readonly text: string; readonly closest: readonly string[] }
  readonly 'importance-unknown': {
    readonly metric: string
    readonly why: 'too-few-runs' | 'constant-metric' | 'no-parameter'
    readonly runs: number
    /** Below this many runs nothing is told. */
    readonly least: number
  }
  readonly 'file-not-found': { readonly file: string; readonly wanted: string }
  readonly 'glob-unmatched': { readonly glob: string; readonly folder: string }
  readonly 'nothing-to-record': { readonly lookedFor: readonly string[] }
  readonly 'command-unknown': { readonly run: string }
  readonly 'command-foreign': { readonly run: string; readonly by: string; readonly command: readonly string[] }
  readonly 'version-unpublished': { readonly version: string; readonly remote: string }
  readonly 'forge-token-missing': { readonly forge: 'github' | 'gitlab' | 'gitea' }
  readonly 'store-not-found': { readonly folder: string }
  readonly 'remote-not-found': { readonly text: string; readonly known: readonly string[] }
  readonly 'command-not-found': { readonly command: string }
  readonly 'command-not-executable': { readonly command: string; readonly file: string }
  readonly 'rollback-exhausted': { readonly model: string; readonly alias: string }

  // Input that is unsafe or damaged.
  readonly 'path-escape': { readonly path: string }
  readonly 'path-absolute': { readonly path: string }
  readonly 'path-git-control': { readonly path: string }
  readonly 'path-not-portable': { readonly path: string; readonly reason: string }
  readonly 'path-hidden-character': { readonly path: string; readonly position: number }
  readonly 'path-collision': { readonly first: string; readonly second: string }
  readonly 'path-not-a-file': { readonly path: string; readonly found: string }
  readonly 'destination-symlink': { readonly path: string; readonly target: string }
  readonly 'destination-occupied': { readonly path: string; readonly found: string }
  readonly 'destination-changed': { readonly paths: readonly string[] }
  readonly 'site-occupied': { readonly path: string; readonly found: string }
  readonly 'output-invalid': {
    readonly path: string
    readonly folder: string
    readonly found: 'no folder' | 'a folder'
  }
  readonly 'input-symlink': { readonly path: string; readonly target: string }
  readonly 'input-changing': { readonly path: string }
  readonly 'limit-exceeded': { readonly what: string; readonly actual: number; readonly limit: number }
  readonly 'size-mismatch': { readonly path: string; readonly expected: number; readonly actual: number }
  readonly 'digest-mismatch': { readonly path: string; readonly expected: string; readonly actual: string }
  readonly 'object-missing': { readonly what: string; readonly id: string }
  readonly 'object-damaged': { readonly what: string; readonly id: string; readonly problem: string }
  readonly 'ref-damaged': { readonly ref: string; readonly content: string }
  readonly 'history-vanished': { readonly ref: string; readonly lastSeen: string }
  readonly 'tree-invalid': { readonly tree: string; readonly problem: string }
  readonly 'document-malformed': { readonly place: Place; readonly problem: string }
  readonly 'document-feature': { readonly place: Place; readonly feature: string }
  readonly 'document-too-deep': { readonly place: Place; readonly limit: number }
  readonly 'key-duplicate': { readonly place: Place; readonly key: string }
  readonly 'key-reserved': { readonly place: Place; readonly key: string }
  readonly 'key-conflict': { readonly key: string; readonly other: string; readonly file: string }
  readonly 'number-not-exact': { readonly place: Place; readonly text: string }
  readonly 'format-newer': { readonly file: string; readonly found: number; readonly supported: number }
  readonly 'metric-not-finite': { readonly metric: string; readonly value: string; readonly goal: string }
  readonly 'metric-not-number': { readonly metric: string; readonly found: string; readonly file: string }
  readonly 'secret-found': { readonly file: string; readonly line: number; readonly kind: string }
  readonly 'snapshot-too-large': {
    readonly sizeBytes: number
    readonly limitBytes: number
    readonly largest: readonly string[]
  }
  readonly 'remote-url-invalid': { readonly url: string; readonly problem: string }
  readonly 'lfs-response-invalid': { readonly server: string; readonly problem: string }
  readonly 'lfs-host-untrusted': { readonly remote: string; readonly host: string; readonly expected: string }
  readonly 'store-address-invalid': { readonly address: string; readonly problem: string }
  readonly 'store-host-untrusted': { readonly host: string }
  /** `by` is a host or what set the limit; `why` is a sentence without a full stop. */
  readonly 'host-limit-exceeded': {
    readonly path: string
    readonly sizeBytes: number
    readonly by: string
    readonly limitBytes: number
    readonly why: string
  }
  /** An origin that a server named, and the address it leads to. */
  readonly 'address-private': { readonly host: string; readonly address: string }
  readonly 'store-unlisted': { readonly store: string }
  readonly 'store-in-use': { readonly store: string; readonly by: 'push' | 'sweep' }
  readonly 'store-repository-untrusted': { readonly store: string; readonly url: string }
  readonly 'store-repository-unread': { readonly store: string; readonly url: string; readonly problem: string }
  readonly 'credential-invalid': { readonly what: string }
  readonly 'bundle-invalid': { readonly file: string; readonly problem: string }
  readonly 'bundle-incomplete': { readonly file: string; readonly missing: readonly string[] }
  readonly 'journal-damaged': { readonly file: string; readonly problem: string }

  // Conflicts and locks.
  readonly 'dataset-changed': { readonly uri: string; readonly recorded: string; readonly found: string }
  readonly 'sweep-begun': { readonly group: string; readonly ended: number; readonly trials: number }
  readonly 'already-initialized': { readonly ref: string }
  readonly 'run-live': { readonly run: string }
  readonly 'port-taken': { readonly port: number }
  readonly 'lock-timeout': { readonly file: string; readonly owner: string; readonly waitedMs: number }
  readonly 'ref-locked': { readonly file: string; readonly ageMs: number }
  readonly 'branch-moved': { readonly ref: string }
  readonly 'push-refused': { readonly remote: string; readonly ref: string; readonly problem: string }
  readonly 'push-contended': { readonly remote: string; readonly ref: string; readonly tries: number }
  readonly 'remote-rewound': { readonly remote: string; readonly ref: string }
  readonly 'settings-differ': { readonly remote: string; readonly here: string; readonly there: string }
  readonly 'branch-checked-out': { readonly ref: string; readonly worktree: string }
  readonly 'ref-name-conflict': { readonly ref: string; readonly existing: string }
  readonly 'revert-conflict': { readonly operation: string; readonly path: string; readonly newer: string }
  readonly 'revert-record': { readonly operation: string; readonly path: string }
  readonly 'version-in-use': { readonly model: string; readonly version: string; readonly alias: string }
  readonly 'version-retired': { readonly model: string; readonly version: string; readonly reason: string }

  // The machine and the repository it was given.
  readonly 'repository-format': { readonly extension: string; readonly needs: string }
  readonly 'repository-owner': { readonly folder: string; readonly owner: string }
  readonly 'repository-read-only': { readonly folder: string }
  readonly 'identity-missing': { readonly missing: string }
  readonly 'git-missing': { readonly purpose: string }
  readonly 'git-failed': { readonly command: string; readonly exitCode: number; readonly stderr: string }
  readonly 'environment-not-restored': { readonly tool: string; readonly command: string; readonly exitCode: number }
  readonly 'disk-full': { readonly path: string }
  readonly 'disk-failed': { readonly path: string; readonly errno: string; readonly operation: string }
  readonly 'too-many-open-files': { readonly path: string }
  readonly 'remote-unreachable': { readonly url: string; readonly problem: string }
  /** `retryAfter` as the server wrote it; absent when it did not say. */
  readonly 'remote-refused': {
    readonly url: string
    readonly status?: number
    readonly problem: string
    readonly retryAfter?: string
  }
  readonly 'permission-denied': { readonly path: string; readonly operation: string }
}

/** The public name of a refusal. */
export type FailureCode = keyof FailureData

/** What is wrong, then why: both start lower case unless they start with a subject, and carry no full stop. */
export interface FailureMessage {
  readonly what: string
  readonly why: string
}
