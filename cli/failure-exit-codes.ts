/**
 * The exit code of every refusal. A refusal without one does not compile.
 */
import type { FailureCode } from '../src/domain/failure-data.ts'
import { EXIT } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'

/** Exit codes by refusal; public, and as stable as the codes themselves. */
export const failureExitCodes: { readonly [Code in FailureCode]: ExitCode } = {
  // What was typed.
  'usage-invalid': EXIT.usage,
  'argument-option-like': EXIT.usage,
  'name-invalid': EXIT.usage,
  'name-taken': EXIT.usage,
  'revision-invalid': EXIT.usage,
  'filter-invalid': EXIT.usage,
  'ref-name-invalid': EXIT.usage,
  'digest-invalid': EXIT.usage,
  'instant-invalid': EXIT.usage,

  // What was asked for and is not there.
  'repository-not-found': EXIT.notFound,
  'branch-not-found': EXIT.notFound,
  'run-not-found': EXIT.notFound,
  'model-not-found': EXIT.notFound,
  'version-not-found': EXIT.notFound,
  'alias-not-found': EXIT.notFound,
  'operation-not-found': EXIT.notFound,
  'revision-ambiguous': EXIT.notFound,
  'metric-not-found': EXIT.notFound,
  'file-not-found': EXIT.notFound,
  'glob-unmatched': EXIT.notFound,
  'nothing-to-record': EXIT.notFound,
  'rollback-exhausted': EXIT.notFound,

  // Input that is unsafe or damaged.
  'path-escape': EXIT.integrity,
  'path-absolute': EXIT.integrity,
  'path-git-control': EXIT.integrity,
  'path-not-portable': EXIT.integrity,
  'path-hidden-character': EXIT.integrity,
  'path-collision': EXIT.integrity,
  'path-not-a-file': EXIT.integrity,
  'destination-symlink': EXIT.integrity,
  'destination-occupied': EXIT.integrity,
  'destination-changed': EXIT.conflict,
  'input-symlink': EXIT.integrity,
  'input-changing': EXIT.conflict,
  'limit-exceeded': EXIT.integrity,
  'size-mismatch': EXIT.integrity,
  'digest-mismatch': EXIT.integrity,
  'object-missing': EXIT.integrity,
  'object-damaged': EXIT.integrity,
  'ref-damaged': EXIT.integrity,
  'history-vanished': EXIT.integrity,
  'tree-invalid': EXIT.integrity,
  'document-malformed': EXIT.integrity,
  'document-feature': EXIT.integrity,
  'document-too-deep': EXIT.integrity,
  'key-duplicate': EXIT.integrity,
  'key-reserved': EXIT.integrity,
  'key-conflict': EXIT.integrity,
  'number-not-exact': EXIT.integrity,
  'format-newer': EXIT.integrity,
  'metric-not-finite': EXIT.integrity,
  'metric-not-number': EXIT.integrity,
  'secret-found': EXIT.integrity,
  'snapshot-too-large': EXIT.integrity,
  'journal-damaged': EXIT.integrity,

  // Conflicts and locks.
  'already-initialized': EXIT.conflict,
  'lock-timeout': EXIT.conflict,
  'ref-locked': EXIT.conflict,
  'branch-moved': EXIT.conflict,
  'branch-checked-out': EXIT.conflict,
  'ref-name-conflict': EXIT.conflict,
  'revert-conflict': EXIT.conflict,
  'revert-record': EXIT.conflict,
  'version-in-use': EXIT.conflict,
  'version-retired': EXIT.conflict,

  // The machine and the repository it was given.
  'repository-format': EXIT.environment,
  'repository-owner': EXIT.environment,
  'repository-read-only': EXIT.environment,
  'identity-missing': EXIT.environment,
  'git-missing': EXIT.environment,
  'git-failed': EXIT.other,
  'disk-full': EXIT.environment,
  'disk-failed': EXIT.environment,
  'too-many-open-files': EXIT.environment,
  'permission-denied': EXIT.environment,
}
