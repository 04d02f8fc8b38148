/**
 * One refusal of every code, for the documentation and a test of every message. A code without one does not compile.
 */
import type { FailureCode, FailureData } from '../src/domain/failure-data.ts'

const PLACE = { file: 'params.yaml', line: 3, column: 7 } as const

/** What each refusal could carry. */
export const failureExamples: { readonly [Code in FailureCode]: FailureData[Code] } = {
  // What was typed.
  'usage-invalid': { problem: "unknown option '--jsno' (did you mean '--json'?)" },
  'argument-option-like': { argument: '--upload-pack=x', expected: 'a run or version' },
  'name-invalid': { kind: 'model', text: 'con', rule: 'Windows keeps this name for a device' },
  'name-taken': { kind: 'model', text: 'Churn', existing: 'churn' },
  'revision-invalid': { text: 'churn@', problem: "after '@' comes a version number, an alias or 'latest'" },
  'filter-invalid': { filter: 'metric.auc >', column: 13, problem: 'expected a value' },
  'ref-name-invalid': { text: 'refs/heads/a..b', rule: 'two dots in a row mean a range to git' },
  'digest-invalid': { text: 'abc' },
  'instant-invalid': { text: 'yesterdya' },

  // What was asked for and is not there.
  'repository-not-found': { folder: '/home/ada' },
  'branch-not-found': { ref: 'refs/heads/mlv' },
  'run-not-found': { text: '01k9zz', closest: ['01k9zq4w8d2m'] },
  'model-not-found': { text: 'chrun', closest: ['churn'] },
  'version-not-found': { model: 'churn', text: 'v99', closest: ['v9'] },
  'alias-not-found': { model: 'churn', text: 'prod', closest: ['production'] },
  'operation-not-found': { text: '01k9zz' },
  'revision-ambiguous': { text: '01k9', matches: ['01k9zq4w8d2m', '01k9zr000000'] },
  'metric-not-found': { text: 'acu', closest: ['auc'] },
  'file-not-found': { file: 'params.yaml', wanted: 'parameters file' },
  'glob-unmatched': { glob: 'out/*.bin', folder: '/home/ada/churn' },
  'nothing-to-record': { lookedFor: ['mlv.yaml', '--params', '--metrics'] },
  'rollback-exhausted': { model: 'churn', alias: 'production' },

  // Input that is unsafe or damaged.
  'path-escape': { path: '../secrets' },
  'path-absolute': { path: '/etc/passwd' },
  'path-git-control': { path: 'model/.git/config' },
  'path-not-portable': { path: 'aux.bin', reason: 'Windows keeps this name for a device' },
  'path-hidden-character': { path: 'model\u202e.bin', position: 5 },
  'path-collision': { first: 'Model.bin', second: 'model.bin' },
  'path-not-a-file': { path: 'model/pipe', found: 'a pipe' },
  'destination-symlink': { path: 'model', target: '/etc' },
  'destination-occupied': { path: 'model', found: 'a folder' },
  'destination-changed': { paths: ['model/model.safetensors'] },
  'input-symlink': { path: 'model/latest', target: '/data/latest' },
  'input-changing': { path: 'model/model.safetensors' },
  'limit-exceeded': { what: 'the number of files', actual: 100_001, limit: 100_000 },
  'size-mismatch': { path: 'model/model.safetensors', expected: 42, actual: 17 },
  'digest-mismatch': { path: 'model/model.safetensors', expected: 'aa11', actual: 'bb22' },
  'object-missing': { what: 'artifact', id: 'aa11' },
  'object-damaged': { what: 'artifact', id: 'aa11', problem: 'its bytes do not match its digest' },
  'ref-damaged': { ref: 'refs/heads/mlv', content: 'garbage' },
  'history-vanished': { ref: 'refs/heads/mlv', lastSeen: '4f2a91c' },
  'tree-invalid': { tree: '4f2a91c', problem: "has two entries called 'a'" },
  'document-malformed': { place: PLACE, problem: 'expected a number' },
  'document-feature': { place: PLACE, feature: 'aliases' },
  'document-too-deep': { place: { file: 'params.yaml' }, limit: 64 },
  'key-duplicate': { place: PLACE, key: 'lr' },
  'key-reserved': { place: PLACE, key: '__proto__' },
  'key-conflict': { key: 'a.b', other: 'a: {b}', file: 'params.yaml' },
  'number-not-exact': { place: PLACE, text: '1e400' },
  'format-newer': { file: 'mlv.json', found: 2, supported: 1 },
  'metric-not-finite': { metric: 'auc', value: 'NaN', goal: 'max' },
  'metric-not-number': { metric: 'auc', found: 'text', file: 'metrics.json' },
  'secret-found': { file: 'config.py', line: 12, kind: 'an AWS access key' },
  'snapshot-too-large': { sizeBytes: 70_000_000, limitBytes: 50_000_000, largest: ['data/train.csv'] },
  'journal-damaged': { file: '.git/mlv/journal/01k9zq/events', problem: 'the frame at byte 120' },

  // Conflicts and locks.
  'already-initialized': { ref: 'refs/heads/mlv' },
  'lock-timeout': { file: '.git/mlv/lock', owner: 'process 4711 on worker-3', waitedMs: 60_000 },
  'ref-locked': { file: '.git/refs/heads/mlv.lock', ageMs: 90_000 },
  'branch-moved': { ref: 'refs/heads/mlv' },
  'branch-checked-out': { ref: 'refs/heads/mlv', worktree: '/home/ada/records' },
  'ref-name-conflict': { ref: 'refs/heads/mlv', existing: 'refs/heads/mlv/old' },
  'revert-conflict': { operation: '01k9zq4w8d2m', path: 'models/churn/aliases/production.yaml', newer: '01k9zr000000' },
  'revert-record': { operation: '01k9zq4w8d2m', path: 'runs/2026-11/20/k/7/01k9zq4w8d2m/run.yaml' },
  'version-in-use': { model: 'churn', version: 'v12', alias: 'production' },
  'version-retired': { model: 'churn', version: 'v9', reason: 'leaked labels' },

  // The machine and the repository it was given.
  'repository-format': { extension: 'extensions.refstorage = reftable', needs: 'git 2.45 or newer' },
  'repository-owner': { folder: '/srv/churn', owner: 'user 1001' },
  'repository-read-only': { folder: '/mnt/churn' },
  'identity-missing': { missing: 'user.email' },
  'git-missing': { purpose: 'sign the commit' },
  'git-failed': { command: 'fast-import', exitCode: 128, stderr: 'fatal: bad object' },
  'disk-full': { path: '.git/mlv/objects' },
  'disk-failed': { path: '.git/mlv/objects', errno: 'EIO', operation: 'write' },
  'too-many-open-files': { path: 'model/part-9000' },
  'permission-denied': { path: '.git/mlv', operation: 'write' },
}
