/**
 * Promotions by review: names of requests, what a path may be, and what a merge tells.
 */
import { expect, test } from 'vitest'
import { requestNumber, signatureState } from '../../src/domain/audit.ts'
import { parseCodeOwner } from '../../src/domain/code-owner.ts'
import { parseAliasName, parseModelName } from '../../src/domain/name.ts'
import { nextRequestNumber, requestRef } from '../../src/domain/promotion-request.ts'
import { guardedPath } from '../../src/domain/review/request-check.ts'
import { requestPage } from '../../src/remote/forge/request-page.ts'
import { parseRemoteUrl } from '../../src/remote/remote-url.ts'

const [CHURN, PRODUCTION] = [parseModelName('churn'), parseAliasName('production')]

test('a request has the number after the highest of its own alias', () => {
  const names = ['churn-production-2', 'churn-production-10', 'churn-eu-production-40', 'churn-production-x', '']
  expect(nextRequestNumber(names, CHURN, PRODUCTION)).toBe(11)
  expect(nextRequestNumber([], CHURN, PRODUCTION)).toBe(1)
  expect(requestRef(CHURN, PRODUCTION, 11)).toBe('refs/heads/mlv-promote/churn-production-11')
})

test.each([
  ['models/churn/aliases/production.yaml', 'alias'],
  ['models/churn/model.yaml', 'words'],
  ['views/best.yaml', 'words'],
  ['models/churn/versions/3/state.yaml', 'words'],
  ['runs/2026-11/20/k/7/01m7w4n5e00000000000000002/notes.yaml', 'words'],
  ['models/churn/versions/3/version.yaml', 'record'],
  ['models/churn/versions/3/files/state.yaml', 'record'],
  ['runs/2026-11/20/k/7/01m7w4n5e00000000000000002/files/notes.yaml', 'record'],
  ['runs/2026-11/20/k/7/01m7w4n5e00000000000000002/run.yaml', 'record'],
  ['mlv.json', 'foreign'],
  ['CODEOWNERS', 'foreign'],
  ['.github/workflows/mlv-check.yml', 'foreign'],
  ['models/churn/aliases/deep/production.yaml', 'foreign'],
  ['other/state.yaml', 'foreign'],
  ['models/churn/state.yaml', 'foreign'],
])('%s is %s', (path, kind) => {
  expect(guardedPath(path).kind).toBe(kind)
})

test.each([
  ['Promote churn v3 (#12)', 12],
  ['Merge pull request #14 from acme/branch', 14],
  ["Merge pull request 'Promote churn' (#9) from branch into mlv", 9],
  ["Merge branch 'x' into 'mlv'\n\nPromote\n\nSee merge request acme/churn!15", 15],
  ['churn: promote v3 to production (auc 0.92 -> 0.93)', undefined],
  ['see (#12) for more', undefined],
  ['Promote\n\nfixes (#12)', undefined],
])('%j is of request %s', (message, number) => {
  expect(requestNumber(message)).toBe(number)
})

test('a signature that git has no known word for counts as not checked', () => {
  expect(['G', 'U', 'B', 'N', 'E', '?', ''].map(signatureState)).toEqual([
    'good',
    'valid',
    'bad',
    'none',
    'unchecked',
    'unchecked',
    'unchecked',
  ])
})

test.each(['@org/ml-leads', '@ada', '@group/sub/team', 'ada@example.com'])('%s can own', (text) => {
  expect(parseCodeOwner(text)).toBe(text)
})

test.each(['', '@', 'ada', '@a b', '@a\n* @mallory', '@a#', '*', '@../x'])('%j owns nothing', (text) => {
  expect(() => parseCodeOwner(text)).toThrow('names nobody')
})

test.each([
  ['https://github.com/acme/churn.git', 'https://github.com/acme/churn/compare/mlv...a%2Fb'],
  ['git@github.com:acme/churn.git', 'https://github.com/acme/churn/compare/mlv...a%2Fb'],
  ['ssh://git@codeberg.org/acme/churn', 'https://codeberg.org/acme/churn/compare/mlv...a%2Fb'],
  [
    'https://gitlab.example.com/acme/ml/churn.git',
    'https://gitlab.example.com/acme/ml/churn/-/merge_requests/new?merge_request%5Bsource_branch%5D=a%2Fb' +
      '&merge_request%5Btarget_branch%5D=mlv',
  ],
  ['https://git.example.com/acme/churn.git', undefined],
  ['/srv/git/churn.git', undefined],
])('a request to %s is opened at %s', (url, page) => {
  expect(requestPage(parseRemoteUrl(url), 'a/b', 'mlv')).toBe(page)
})
