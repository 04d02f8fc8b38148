/**
 * A team on real servers: one repository that everyone clones, its code with a real training, and members who have
 * nothing in common but its address.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './repository.ts'
import { GIT_USER, makeBucket, S3_USER, startServer } from './servers.ts'
import type { RunningServer, ServerName } from './servers.ts'
import { memberOf } from './shared-world.ts'
import type { Member } from './shared-world.ts'
import { WORLD_VARIABLES } from './world.ts'
import type { World } from './world.ts'

/** How members reach the repository, and where large files are. */
export type Transport = 'http' | 'ssh' | 'folder'
/** The store that `mlv init` is told. */
export type Store = 'lfs' | 's3' | 'dir'

/** A remote that runs. */
export interface TeamRemote {
  readonly url: string
  /** The bare repository, for stock git to look at. */
  readonly bare: string
  /** What `mlv init` is given. */
  readonly initArguments: readonly string[]
  /** The records name a server that is not the remote's own, so each clone is asked whether it trusts it. */
  readonly namesServer: boolean
  /** What a person's machine is set up with. */
  readonly variables: NodeJS.ProcessEnv
  /** All that a CI job is given. */
  readonly jobVariables: NodeJS.ProcessEnv
  /** Takes the remote off the network. */
  readonly stop: () => Promise<void>
  /** Brings it back to the same address. */
  readonly start: () => Promise<void>
}

/** Someone of the team who can train. */
export interface Trainer extends Member {
  /** Trains with a seed for real; returns the SHA-256 of the model by `sha256sum`. */
  readonly trainFor: (seed: number) => string
  /** That of the model which is in the clone. */
  readonly modelSha256: () => string
}

/** The servers that a team needs. */
export function serversOf(transport: Transport, store: Store): readonly ServerName[] {
  return [
    ...(transport === 'folder' ? [] : [transport === 'http' ? ('git-http' as const) : ('git-ssh' as const)]),
    ...(store === 's3' ? ['s3' as const] : []),
    ...(store === 'lfs' && transport !== 'folder' ? ['lfs' as const] : []),
  ]
}

/** Starts the servers of a team; they end with the test. */
export async function startTeam(transport: Transport, store: Store): Promise<TeamRemote> {
  const root = temporaryFolder()
  const bare = join(root, 'team', 'churn.git')
  gitIn('/', WORLD_VARIABLES, 'init', '--quiet', '--bare', '--initial-branch=main', bare)
  const kept = await startStore(store, transport)
  const served = await startTransport(transport, { root, bare, variables: kept.serverVariables })
  return {
    bare,
    ...served,
    initArguments: kept.initArguments,
    namesServer: store === 's3',
    variables: { ...kept.variables, ...served.variables },
    jobVariables: { ...kept.variables, ...kept.jobVariables, ...served.jobVariables, CI: 'true' },
  }
}

async function startStore(store: Store, transport: Transport) {
  const none = { serverVariables: {}, variables: {}, jobVariables: {} }
  if (store === 'dir') return { ...none, initArguments: ['--store', `dir:${join(temporaryFolder(), 'store')}`] }
  if (store === 's3') {
    const server = await startUntilEnd('s3')
    await makeBucket(server.origin, 'models')
    const initArguments = ['--store', `s3://models/churn?endpoint=${server.origin}`]
    // A job has nobody who could say that it trusts the server: its variables do.
    return { ...none, initArguments, variables: S3_USER, jobVariables: { AWS_ENDPOINT_URL_S3: server.origin } }
  }
  if (transport === 'folder') return { ...none, initArguments: [] }
  const secret = { LFS_SECRET: 'of-the-servers' }
  const { port } = await startUntilEnd('lfs', { variables: secret })
  return { ...none, initArguments: [], serverVariables: { ...secret, LFS_PORT: String(port) } }
}

type Served = Pick<TeamRemote, 'url' | 'variables' | 'jobVariables' | 'stop' | 'start'>

async function startTransport(
  transport: Transport,
  options: { readonly root: string; readonly bare: string; readonly variables: Readonly<Record<string, string>> },
): Promise<Served> {
  const { bare, ...serverOptions } = options
  if (transport === 'folder') {
    const move = (from: string, to: string) => () => Promise.resolve(renameSync(from, to))
    const [stop, start] = [move(bare, `${bare}-away`), move(`${bare}-away`, bare)]
    return { url: bare, variables: {}, jobVariables: {}, stop, start }
  }
  const name = transport === 'http' ? 'git-http' : 'git-ssh'
  const first = await startUntilEnd(name, serverOptions)
  const stop = first.close
  if (transport === 'http') {
    const start = async (): Promise<void> => {
      await startUntilEnd(name, { ...serverOptions, port: first.port })
    }
    return { url: `${first.origin}/team/churn.git`, ...httpVariables(), stop, start }
  }
  // A host that comes back with other keys is another host to ssh, but not to one that remembers none.
  const keys = join(temporaryFolder(), 'user')
  const copyKey = ({ folder }: RunningServer): void =>
    writeFileSync(keys, readFileSync(join(folder, 'user')), { mode: 0o600 })
  copyKey(first)
  const start = async (): Promise<void> => copyKey(await startUntilEnd(name, { ...serverOptions, port: first.port }))
  const quiet = ['-o IdentitiesOnly=yes', '-o StrictHostKeyChecking=no', '-o UserKnownHostsFile=/dev/null']
  const variables = { GIT_SSH_COMMAND: ['ssh', '-i', keys, ...quiet, '-o LogLevel=ERROR'].join(' ') }
  const url = `ssh://${userInfo().username}@127.0.0.1:${first.port}${bare}`
  return { url, variables, jobVariables: variables, stop, start }
}

function httpVariables(): Pick<TeamRemote, 'variables' | 'jobVariables'> {
  const { username, password } = GIT_USER
  const config = join(temporaryFolder(), 'gitconfig')
  const helper = `!f() { echo username=${username}; echo password=${password}; }; f`
  writeFileSync(config, `[credential]\n\thelper = "${helper}"\n`)
  return {
    variables: { GIT_CONFIG_GLOBAL: config },
    jobVariables: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'credential.helper',
      GIT_CONFIG_VALUE_0: '!f() { echo username=$JOB_USER; echo password=$JOB_PASSWORD; }; f',
      JOB_USER: username,
      JOB_PASSWORD: password,
    },
  }
}

async function startUntilEnd(...args: Parameters<typeof startServer>): Promise<RunningServer> {
  const server = await startServer(...args)
  onTestFinished(server.close)
  return server
}

/** The code of the team: a training, and what mlv is to record of it. */
export function writeCode(world: World): void {
  world.write('train.mjs', readFileSync(join(import.meta.dirname, 'train-churn.mjs')))
  world.write('.gitignore', 'metrics.json\nmodel/\n')
  const config = ['experiment: churn', 'metrics: [metrics.json]', 'model: { name: churn, path: model }', '']
  world.write('mlv.yaml', config.join('\n'))
}

/** Someone who works in a clone, on a machine set up as that of a world. */
export function trainerIn(world: World, folder: string): Trainer {
  const modelSha256 = (): string => firstWord(must('sha256sum', [join(folder, 'model', 'weights.bin')]))
  return {
    ...memberOf(world, folder),
    modelSha256,
    trainFor: (seed) => {
      must(process.execPath, ['train.mjs', String(seed)], folder)
      return modelSha256()
    },
  }
}

/** Runs stock git as a member would. @throws with what it said */
export function gitIn(folder: string, variables: NodeJS.ProcessEnv, ...args: readonly string[]): string {
  return must('git', args, folder, { ...WORLD_VARIABLES, ...variables })
}

function must(program: string, args: readonly string[], folder?: string, env?: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`)
  return stdout.trim()
}

function firstWord(text: string): string {
  return text.split(' ', 1)[0] ?? ''
}
