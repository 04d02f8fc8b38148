/**
 * Workflows and actions that we ship or run: no text of a pull request reaches a script, none that may write runs code
 * of one, tokens may do what they must, and what is used is pinned to a commit (row O4).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { PROJECT } from './source.ts'

type Fields = Readonly<Record<string, unknown>>

const WORKFLOW_FOLDERS = ['.github/workflows', 'examples/review']
const ACTION = '.github/actions/review/action.yml'
/** What a job may be given, and nothing else. */
const ALLOWED = new Set(['contents: read', 'actions: read', 'pull-requests: write', 'statuses: write'])
/** What of an event nobody but GitHub writes, so that it may stand in a script or a ref. */
const SAFE_EXPRESSION = new RegExp(
  [
    String.raw`^(?:inputs\.[\w-]+|steps\.[\w.-]+|matrix\.[\w-]+|vars\.[A-Z_]+|github\.token`,
    String.raw`github\.event\.workflow_run\.id|github\.event\.pull_request\.number)$`,
  ].join('|'),
)

function read(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8')
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

const workflows = WORKFLOW_FOLDERS.flatMap((folder) => {
  return readdirSync(join(PROJECT, folder)).map((name) => `${folder}/${name}`)
}).filter((path) => path.endsWith('.yml') && !path.endsWith('gitlab-ci.yml'))

function jobsOf(path: string): readonly Fields[] {
  return Object.values(fieldsOf(fieldsOf(parse(read(path)))['jobs'])).map(fieldsOf)
}

function stepsOf(path: string): readonly Fields[] {
  if (path === ACTION) return listOf(fieldsOf(fieldsOf(parse(read(path)))['runs'])['steps'])
  return jobsOf(path).flatMap((job) => listOf(job['steps']))
}

/** What is wrong with a workflow or action, one line each. */
function problemsOf(path: string, text: string, steps: readonly Fields[]): readonly string[] {
  const found: string[] = []
  for (const step of steps) {
    const run = typeof step['run'] === 'string' ? step['run'] : ''
    if (run.includes('${{')) found.push(`${path}: an expression in a script: ${run}`)
    const uses = step['uses']
    if (typeof uses === 'string' && !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses))
      found.push(`${path}: not pinned: ${uses}`)
  }
  for (const [, expression = ''] of text.matchAll(/\$\{\{\s*(.*?)\s*\}\}/g)) {
    if (!SAFE_EXPRESSION.test(expression)) found.push(`${path}: what somebody else may have written: ${expression}`)
  }
  if (/pull_request_target|head_ref|secrets\.|secrets: inherit/.test(text)) found.push(`${path}: may reach a fork`)
  return found
}

test('there are workflows to look at', () => {
  expect(workflows.map((path) => path.split('/').at(-1))).toEqual([
    'ci.yml',
    'forgejo.yml',
    'github-post.yml',
    'github.yml',
  ])
})

test.each([...workflows, ACTION])('%s keeps the rules', (path) => {
  expect(problemsOf(path, read(path), stepsOf(path))).toEqual([])
})

test.each(workflows)('%s gives its jobs no more than they need, and each says so', (path) => {
  const top = fieldsOf(parse(read(path)))['permissions']
  expect(top).toBeDefined()
  const granted = [top, ...jobsOf(path).map((job) => job['permissions'] ?? {})]
  for (const each of granted) {
    expect(typeof each).toBe('object')
    for (const [scope, level] of Object.entries(fieldsOf(each))) expect(ALLOWED).toContain(`${scope}: ${String(level)}`)
  }
  // What runs with the code of a pull request of anybody may write nothing.
  const document = parse(read(path)) as Fields
  const isForEverybody =
    'pull_request' in fieldsOf(document['on']) && jobsOf(path).some((job) => job['if'] === undefined)
  const writes = granted.flatMap((each) => Object.values(fieldsOf(each))).filter((level) => level === 'write')
  if (isForEverybody) expect(writes).toEqual([])
})

test('the workflow that may write checks out mlv at a commit, and nothing of the pull request', () => {
  const checkouts = stepsOf('examples/review/github-post.yml').filter(({ uses }) => String(uses).includes('/checkout@'))
  expect(checkouts.map((step) => fieldsOf(step['with'])['ref'])).toEqual(['0'.repeat(40)])
  expect(read('examples/review/github-post.yml')).not.toMatch(/head_sha|head_branch|head_repository/)
})

test('the job of GitLab takes its token and the package from variables', () => {
  const { review } = parse(read('examples/review/gitlab-ci.yml')) as { readonly review: Fields }
  expect(JSON.stringify(review['script'])).not.toMatch(
    /CI_MERGE_REQUEST_(?:TITLE|SOURCE_BRANCH_NAME|DESCRIPTION)|CI_COMMIT_(?:MESSAGE|REF_NAME)/,
  )
  expect(review['rules']).toEqual([{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }])
})

describe('the rules themselves', () => {
  test.each([
    [{ run: 'echo "${{ inputs.change }}"' }, '', 'x: an expression in a script'],
    [{ uses: 'actions/checkout@v4' }, '', 'x: not pinned'],
    [{ uses: './local' }, '', 'x: not pinned'],
    [{}, 'name: ${{ github.head_ref }}', 'x: what somebody else may have written: github.head_ref'],
    [{}, '${{ github.event.pull_request.title }}', 'x: what somebody else may have written'],
    [{}, 'on: pull_request_target', 'x: may reach a fork'],
  ])('%j %s is found', (step, text, problem) => {
    expect(problemsOf('x', text, [step])[0]).toContain(problem)
  })
})
