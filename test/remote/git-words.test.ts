/**
 * What git and a remote say, read: progress, reports of pushes, failures, and addresses a person types.
 */
import { expect, test } from 'vitest'
import { lineSplitter, parseProgress, remoteWords } from '../../src/remote/git-progress.ts'
import { parsePushReport } from '../../src/remote/push-report.ts'
import { folderNameOf, parseRemoteUrl } from '../../src/remote/remote-url.ts'

test('progress is read from the lines git writes for people, wherever they are cut', () => {
  const text = [
    'remote: Counting objects: 12\r',
    'Writing objects:  45% (9/20), 1.50 MiB | 3.00 MiB/s\r',
    'Resolving deltas: 100% (3/3), done.\n',
    'remote: hello\n',
  ].join('')
  for (let cut = 0; cut < text.length; cut += 1) {
    const lines: string[] = []
    const take = lineSplitter((line) => lines.push(line))
    take(text.slice(0, cut))
    take(text.slice(cut))
    expect(lines.map(parseProgress)).toEqual([
      { phase: 'Counting objects', done: 12, total: undefined, bytes: undefined, bytesPerSecond: undefined },
      { phase: 'Writing objects', done: 9, total: 20, bytes: 1_572_864, bytesPerSecond: 3_145_728 },
      { phase: 'Resolving deltas', done: 3, total: 3, bytes: undefined, bytesPerSecond: undefined },
      undefined,
    ])
  }
})

test.each([
  [' \tabc:refs/heads/mlv\tabc..def', { kind: 'pushed' }],
  ['*\tabc:refs/heads/mlv\t[new branch]', { kind: 'pushed' }],
  ['=\tabc:refs/heads/mlv\t[up to date]', { kind: 'pushed' }],
  ['!\tabc:refs/heads/mlv\t[rejected] (fetch first)', { kind: 'stale' }],
  ['!\tabc:refs/heads/mlv\t[rejected] (non-fast-forward)', { kind: 'stale' }],
  ['!\tabc:refs/heads/mlv\t[rejected] (stale info)', { kind: 'stale' }],
  ['!\tabc:refs/heads/mlv\t[remote rejected] (failed to update ref)', { kind: 'stale' }],
  [
    '!\tabc:refs/heads/mlv\t[remote rejected] (pre-receive hook declined)',
    { kind: 'refused', problem: 'pre-receive hook declined' },
  ],
  ['!\tabc:refs/heads/mlv\t[remote rejected] (no \u001b[2J way)', { kind: 'refused', problem: 'no \\x1b[2J way' }],
])('a line of a push report: %j', (line, outcome) => {
  const report = parsePushReport(`To origin\n${line}\nDone\n`)
  expect([...report]).toEqual([['refs/heads/mlv', outcome]])
})

test('words of a remote are one line, escaped, without credentials and without what git adds to all of them', () => {
  const stderr = [
    'remote: \u001b]52;c;aGk=\u0007no',
    "fatal: unable to access 'https://ada:s3cret@host/x/': 503",
    'error: failed to push some refs to origin',
    'Writing objects: 100% (3/3), done.',
  ].join('\n')
  expect(remoteWords(stderr)).toBe("\\x1b]52;c;aGk=\\x07no; unable to access 'https://host/x/': 503")
  expect(remoteWords('x'.repeat(10_000)).length).toBeLessThan(700)
})

test('addresses git takes are taken, and the folder is named after the repository', () => {
  const named = (text: string): string => folderNameOf(parseRemoteUrl(text))
  for (const text of [
    'https://host/team/churn.git',
    'ssh://git@host:22/team/churn.git/',
    'git@host:team/churn.git',
    'host:churn',
    'file:///srv/churn.git',
    '../churn.git',
    'C:\\srv\\churn.git',
    '/srv/churn/.git',
  ]) {
    expect(named(text), text).toBe('churn')
  }
})
