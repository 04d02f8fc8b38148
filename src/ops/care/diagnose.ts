/**
 * `mlv doctor`: looks at the machine and the repository and says, check by check, what would get in the way.
 */
import { Failure } from '../../domain/failure.ts'
import { findArea, openSnapshot, REGISTRY_REF } from '../../store/branch/snapshot.ts'
import { findGit, runGit } from '../../store/git/git-command.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { worktreeHolding } from '../../store/git/checked-out.ts'
import { pendingRuns } from '../record/recover-runs.ts'
import { openRepository } from '../repository/repository.ts'
import type { OpenOptions, Repository } from '../repository/repository.ts'

/** One finding. */
export interface Check {
  readonly name: string
  readonly verdict: 'ok' | 'warning' | 'problem'
  readonly detail: string
  /** The command to type, when there is one. */
  readonly next?: string
}

/** All findings, in the order they were made. */
export interface Diagnosis {
  readonly checks: readonly Check[]
}

/** Diagnoses; works without a repository too, and never throws for what it finds. */
export async function diagnose(options: OpenOptions): Promise<Diagnosis> {
  const checks: Check[] = [await checkGit(options)]
  const opened = await attempt('repository', async () => openRepository(options))
  if (!('value' in opened)) return { checks: [...checks, opened.check] }
  const repository = opened.value
  try {
    checks.push(placeCheck(repository), ...(await repositoryChecks(repository)))
  } finally {
    await repository.close()
  }
  return { checks }
}

async function checkGit(options: OpenOptions): Promise<Check> {
  const git = await findGit(nodeFiles, options)
  if (git === undefined) {
    return {
      name: 'git',
      verdict: 'warning',
      detail: 'no git program on PATH; the embedded engine is used',
      next: 'install git',
    }
  }
  const { stdout } = await runGit(git, ['version'])
  return { name: 'git', verdict: 'ok', detail: `${Buffer.from(stdout).toString('utf8').trim()} at ${git.path}` }
}

function placeCheck({ place, context }: Repository): Check {
  const traits = [
    place.objectFormat,
    place.refFormat,
    ...(place.bare ? ['bare'] : []),
    ...(place.shallow ? ['shallow'] : []),
    ...(place.alternates ? ['alternates'] : []),
    ...(place.partialClone ? ['partial clone'] : []),
  ]
  return {
    name: 'repository',
    verdict: 'ok',
    detail: `${place.commonDir} (${traits.join(', ')}), ${context.engine.kind} engine`,
  }
}

async function repositoryChecks(repository: Repository): Promise<readonly Check[]> {
  const checks = [identityCheck, branchCheck, checkedOutCheck, pendingCheck, storeCheck]
  const found: Check[] = []
  for (const check of checks) {
    const done = await attempt(check.name.replace(/Check$/, ''), () => check(repository))
    found.push('value' in done ? done.value : done.check)
  }
  return found
}

async function identityCheck(repository: Repository): Promise<Check> {
  const { author } = await repository.context.signatures()
  return { name: 'identity', verdict: 'ok', detail: `${author.name} <${author.email}>` }
}

async function branchCheck(repository: Repository): Promise<Check> {
  const { engine } = repository.context
  const area = await findArea(engine, REGISTRY_REF)
  if (area === undefined) {
    return { name: 'branch', verdict: 'warning', detail: 'mlv is not set up in this repository', next: 'mlv init' }
  }
  const { settings } = await openSnapshot(engine)
  const origin = area.local === undefined ? ', read from its remote' : ''
  return {
    name: 'branch',
    verdict: 'ok',
    detail: `format ${settings.format}, layout ${settings.layout}, store ${settings.store}${origin}`,
  }
}

async function checkedOutCheck(repository: Repository): Promise<Check> {
  const worktree = await worktreeHolding(repository.place, repository.files, REGISTRY_REF)
  if (worktree === undefined)
    return { name: 'worktrees', verdict: 'ok', detail: 'no worktree has the mlv branch checked out' }
  return {
    name: 'worktrees',
    verdict: 'problem',
    detail: `the mlv branch is checked out in ${worktree}, so nothing can be recorded`,
    next: `git -C ${worktree} checkout --detach`,
  }
}

async function pendingCheck(repository: Repository): Promise<Check> {
  const left = (await pendingRuns(repository)).filter((journal) => !journal.live)
  if (left.length === 0) return { name: 'journals', verdict: 'ok', detail: 'no run is waiting to be recovered' }
  return {
    name: 'journals',
    verdict: 'warning',
    detail: `${left.length} ${left.length === 1 ? 'run was' : 'runs were'} left by a writer that is gone`,
    next: 'mlv commit --recover',
  }
}

async function storeCheck(repository: Repository): Promise<Check> {
  const { count, sizeBytes } = await repository.artifacts('lfs').totals()
  return { name: 'artifacts', verdict: 'ok', detail: `${count} objects, ${sizeBytes} bytes` }
}

type Attempt<Value> = { readonly value: Value } | { readonly check: Check }

async function attempt<Value>(name: string, action: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await action() }
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    return { check: { name, verdict: 'problem', detail: `${caught.message}: ${caught.why}` } }
  }
}
