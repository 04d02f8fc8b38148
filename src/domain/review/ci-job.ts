/**
 * The job of a continuous integration, read from the variables it starts with: GitHub Actions, Gitea and Forgejo
 * Actions, GitLab CI. What a variable says of a pull request came from its author; what is used of it is parsed here.
 */
import { isValueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import { parseOid } from '../oid.ts'
import type { Oid } from '../oid.ts'
import type { ForgeKind, RequestedChange } from './requested-change.ts'

/** Variables as `process.env` has them. */
export type CiVariables = Readonly<Record<string, string | undefined>>

/** A job, and the change it runs for. */
export interface CiJob {
  readonly forge: ForgeKind
  /** Where the forge answers: `https://api.github.com`, `https://gitlab.example/api/v4`. */
  readonly api: URL
  /** `owner/name` on GitHub, Gitea and Forgejo; the id of the project on GitLab. */
  readonly project: string
  /** The name of the workflow and its job: what tells its comments from those of another. */
  readonly workflow: string
  /** Where people see the job; absent when it is not told. */
  readonly page?: string
  /** Absent when the job runs for no pull request. */
  readonly change?: RequestedChange
  /**
   * A job that runs after one of a fork: the commit that one ran for, and where its branch is. Which request that is,
   * is asked of the forge and never of what the fork's job wrote.
   */
  readonly follows?: FollowedJob
}

/** A job that ran before, and the branch it ran for. */
export interface FollowedJob {
  readonly headCommit: Oid
  readonly owner: string
  readonly branch: string
  /** Its branch is in another repository, so nobody of this one stands behind what it wrote. */
  readonly isFork: boolean
}

/**
 * Reads the job from its variables; `undefined` outside of a continuous integration.
 *
 * @param event the document `GITHUB_EVENT_PATH` names, already read as JSON; `undefined` where there is none.
 */
export function readCiJob(variables: CiVariables, event: Value | undefined): CiJob | undefined {
  if (variables['GITLAB_CI'] === 'true') return gitlabJob(variables)
  if (variables['GITHUB_ACTIONS'] === 'true') return actionsJob(variables, event)
  return undefined
}

/** The variables that may hold the token of a forge, the most particular first. */
export function forgeToken(forge: ForgeKind, variables: CiVariables): string | undefined {
  const names = {
    github: ['MLV_FORGE_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN'],
    gitea: ['MLV_FORGE_TOKEN', 'FORGEJO_TOKEN', 'GITEA_TOKEN', 'GITHUB_TOKEN'],
    gitlab: ['MLV_FORGE_TOKEN', 'GITLAB_TOKEN'],
  }[forge]
  return names.map((name) => variables[name]).find((token) => token !== undefined && token !== '')
}

function actionsJob(variables: CiVariables, event: Value | undefined): CiJob | undefined {
  const isGitea = [variables['GITEA_ACTIONS'], variables['FORGEJO_ACTIONS']].includes('true')
  const forge = isGitea ? 'gitea' : 'github'
  const server = variables['GITHUB_SERVER_URL'] ?? 'https://github.com'
  const api = urlOf(isGitea ? `${server}/api/v1` : (variables['GITHUB_API_URL'] ?? 'https://api.github.com'))
  const project = variables['GITHUB_REPOSITORY']
  if (api === undefined || project === undefined || !/^[\w.-]+\/[\w.-]+$/.test(project)) return undefined
  const run = variables['GITHUB_RUN_ID']
  const workflow = [variables['GITHUB_WORKFLOW'], variables['GITHUB_JOB']]
    .filter((name) => name !== undefined)
    .join(' / ')
  return {
    forge,
    api,
    project,
    // A job that posts for another speaks in the name of that one.
    workflow: followedName(event) ?? workflow,
    ...(run === undefined ? {} : { page: `${server}/${project}/actions/runs/${run}` }),
    ...requestOf(forge, event),
    ...followedRun(event, project),
  }
}

function requestOf(forge: ForgeKind, event: Value | undefined): Pick<CiJob, 'change'> {
  const request = at(event, 'pull_request')
  const number = at(request, 'number')
  const [base, head] = [oidAt(request, 'base', 'sha'), oidAt(request, 'head', 'sha')]
  if (typeof number !== 'bigint' || base === undefined || head === undefined) return {}
  const name = at(request, 'base', 'ref')
  return { change: { forge, number: Number(number), baseCommit: base, headCommit: head, ...baseName(name) } }
}

function baseName(name: Value | undefined): { readonly baseName?: string } {
  return typeof name === 'string' && name !== '' ? { baseName: name } : {}
}

function followedRun(event: Value | undefined, project: string): Pick<CiJob, 'follows'> {
  const run = at(event, 'workflow_run')
  const headCommit = oidAt(run, 'head_sha')
  const [owner, branch] = [at(run, 'head_repository', 'owner', 'login'), at(run, 'head_branch')]
  if (headCommit === undefined || typeof owner !== 'string' || typeof branch !== 'string') return {}
  const isFork = at(run, 'head_repository', 'full_name') !== project
  return { follows: { headCommit, owner, branch, isFork } }
}

function followedName(event: Value | undefined): string | undefined {
  const name = at(event, 'workflow_run', 'name')
  return typeof name === 'string' ? name : undefined
}

function gitlabJob(variables: CiVariables): CiJob | undefined {
  const api = urlOf(variables['CI_API_V4_URL'] ?? '')
  const project = variables['CI_MERGE_REQUEST_PROJECT_ID'] ?? variables['CI_PROJECT_ID']
  if (api === undefined || project === undefined || !/^[0-9]{1,15}$/.test(project)) return undefined
  const page = variables['CI_JOB_URL']
  const number = /^[1-9][0-9]{0,14}$/.exec(variables['CI_MERGE_REQUEST_IID'] ?? '')?.[0]
  // In a pipeline of merged results the commit is GitLab's own; the source branch's is told beside.
  const head = parseOid(variables['CI_MERGE_REQUEST_SOURCE_BRANCH_SHA'] || (variables['CI_COMMIT_SHA'] ?? ''))
  const base = parseOid(
    variables['CI_MERGE_REQUEST_TARGET_BRANCH_SHA'] || (variables['CI_MERGE_REQUEST_DIFF_BASE_SHA'] ?? ''),
  )
  const isRequest = number !== undefined && head !== undefined && base !== undefined
  return {
    forge: 'gitlab',
    api,
    project,
    workflow: variables['CI_JOB_NAME'] ?? 'mlv',
    ...(page === undefined ? {} : { page }),
    ...(isRequest
      ? {
          change: {
            forge: 'gitlab',
            number: Number(number),
            baseCommit: base,
            headCommit: head,
            ...baseName(variables['CI_MERGE_REQUEST_TARGET_BRANCH_NAME']),
          },
        }
      : {}),
  }
}

function at(value: Value | undefined, ...keys: readonly string[]): Value | undefined {
  let found = value
  for (const key of keys) found = found !== undefined && isValueMap(found) ? found.get(key) : undefined
  return found
}

function oidAt(value: Value | undefined, ...keys: readonly string[]): Oid | undefined {
  const text = at(value, ...keys)
  return typeof text === 'string' ? parseOid(text) : undefined
}

function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined
}
