/**
 * A pull request: a remote with a base that ran three times and a branch that ran three times, and the job that a forge
 * starts for it in a clone of one commit.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startForge } from './forge-server.ts'
import type { ForgeFlavour, ForgeServer } from './forge-server.ts'
import { GIT_VARIABLES, runGit, temporaryFolder } from './repository.ts'
import { makeWorldAfter, MLV } from './world.ts'
import type { Outcome, World } from './world.ts'

/** A request on a forge. */
export interface RequestWorld {
  readonly author: World
  readonly forge: ForgeServer
  /** The repository of the request. */
  readonly bare: string
  /** Where `main` is. */
  readonly base: string
  /** Commits more on the branch, records runs of it and pushes both. */
  readonly push: (message: string, values: readonly number[]) => void
  /** Starts mlv as a job for the newest commit of the branch, in a fresh clone of depth 1. */
  readonly job: (args: readonly string[], options?: JobOptions) => Promise<Outcome>
}

/** What differs from the usual job. */
export interface JobOptions {
  readonly workflow?: string
  /** Taken away when `undefined`. */
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** Stands for the clone. */
  readonly folder?: string
  /** The commit the request is to be merged into, as the event says. */
  readonly base?: string
}

/** What no output may hold. */
export const FORGE_TOKEN = 'c4n4ry-f0rge-t0ken'

/** How a request begins. */
export interface RequestOptions {
  /** Where the repository is made, such as below a folder that is served. */
  readonly bare?: string
  /** What the runs of the base measured; three runs when absent. */
  readonly baseValues?: readonly number[]
  /** The `mlv.yaml` of the base. */
  readonly config?: string
}

const CONFIG = 'experiment: churn\nmetrics: [metrics.json]\ngoals: { auc: { goal: max, tolerance: 0.001 } }\n'

/** Makes a request on a forge. */
export async function makeRequestWorld(flavour: ForgeFlavour, options: RequestOptions = {}): Promise<RequestWorld> {
  const { bare = join(temporaryFolder(), 'team.git'), baseValues = [0.92, 0.924, 0.922], config = CONFIG } = options
  runGit('/', ['init', '--quiet', '--bare', '--initial-branch=main', bare])
  const author = makeWorldAfter(`request ${JSON.stringify([config, baseValues])}`, (world) => {
    world.mlv('init')
    world.write('mlv.yaml', config)
    world.write('.gitignore', 'metrics.json\nparams.yaml\neval.csv\nmodel.bin\n')
    world.git('add', '.')
    world.git('commit', '--quiet', '--message=Configure mlv')
    record(world, baseValues)
  })
  author.git('remote', 'add', 'origin', bare)
  const base = author.git('rev-parse', 'HEAD')
  author.git('switch', '--quiet', '--create', 'wider')
  const forge = await startForge(flavour, base)
  const push = (message: string, values: readonly number[]): void => {
    author.write('train.py', `print(${JSON.stringify(message)})\n`)
    author.git('commit', '--quiet', '--all', `--message=${message}`)
    record(author, values)
    author.git('push', '--quiet', '--force', 'origin', 'main', 'wider')
    author.mlv('push')
    forge.request.head = author.git('rev-parse', 'HEAD')
  }
  return {
    author,
    forge,
    bare,
    base,
    push,
    job: (args, { workflow = 'train', variables = {}, folder, base: asked = base } = {}) => {
      const head = author.git('rev-parse', 'wider')
      const clone = folder ?? cloneAt(bare)
      const env = { ...jobVariables(flavour, forge, { base: asked, head, workflow }), ...variables }
      return startMlv(clone, env, args)
    },
  }
}

function record(world: World, values: readonly number[]): void {
  values.forEach((auc, seed) => {
    world.write('metrics.json', JSON.stringify({ auc }))
    world.mlv('commit', '--param', `seed=${seed}`)
  })
}

function cloneAt(bare: string): string {
  const folder = join(temporaryFolder(), 'job')
  runGit('/', ['clone', '--quiet', '--depth=1', '--single-branch', '--branch=wider', `file://${bare}`, folder])
  return folder
}

interface JobFacts {
  readonly base: string
  readonly head: string
  readonly workflow: string
}

function jobVariables(
  flavour: ForgeFlavour,
  forge: ForgeServer,
  { base, head, workflow }: JobFacts,
): NodeJS.ProcessEnv {
  const common = { ...GIT_VARIABLES, NO_COLOR: '1', MLV_WIDTH: '100' }
  if (flavour === 'gitlab') {
    return {
      ...common,
      GITLAB_CI: 'true',
      CI_API_V4_URL: forge.api,
      CI_PROJECT_ID: '7',
      CI_MERGE_REQUEST_IID: '7',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_COMMIT_SHA: head,
      CI_JOB_NAME: workflow,
      CI_JOB_URL: 'https://gitlab.example/jobs/1',
      GITLAB_TOKEN: FORGE_TOKEN,
    }
  }
  const event = join(temporaryFolder(), 'event.json')
  writeFileSync(
    event,
    JSON.stringify({ pull_request: { number: 7, base: { sha: base, ref: 'main' }, head: { sha: head } } }),
  )
  return {
    ...common,
    GITHUB_ACTIONS: 'true',
    ...(flavour === 'gitea'
      ? { FORGEJO_ACTIONS: 'true', GITHUB_SERVER_URL: forge.origin }
      : { GITHUB_API_URL: forge.api }),
    GITHUB_REPOSITORY: 'team/models',
    GITHUB_EVENT_PATH: event,
    GITHUB_WORKFLOW: workflow,
    GITHUB_JOB: 'review',
    GITHUB_RUN_ID: '99',
    GITHUB_TOKEN: FORGE_TOKEN,
  }
}

/** Beside this process, which is the forge. */
function startMlv(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [MLV, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((done) => child.on('close', (exitCode) => done({ exitCode: exitCode ?? -1, stdout, stderr })))
}
