/**
 * Worlds that share: a bare repository with stock git behind it, and users in front of clones of it.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runGit, temporaryFolder } from './repository.ts'
import { placeFolder } from './templates.ts'
import { startWorld, worldAt } from './world.ts'
import type { Outcome, World } from './world.ts'

/** A remote repository and its first user. */
export interface SharedWorld {
  /** The bare repository. */
  readonly bare: string
  /** A user whose `origin` it is. */
  readonly ada: World
  /** A clone of another user, with its own worktree and the code. */
  readonly join: (name: string) => Member
  /** Runs stock git in the bare repository. */
  readonly git: (...args: readonly string[]) => string
  /** Has the remote run a shell script as a hook. */
  readonly hook: (name: string, script: string) => void
}

/** Someone's clone. */
export interface Member {
  readonly folder: string
  readonly mlv: (...args: readonly string[]) => Outcome
  readonly say: (...args: readonly string[]) => string
  readonly start: (...args: readonly string[]) => Promise<Outcome>
  /** Records a run and a version of `churn` whose content is a text. */
  readonly train: (message: string, auc: number) => Outcome
}

/** How a team begins. */
export interface TeamOptions {
  readonly layout?: 'single' | 'split'
  readonly pushed?: boolean
  /** More options of `mlv init`. */
  readonly init?: readonly string[]
  readonly variables?: NodeJS.ProcessEnv
}

/** Makes a remote, and a user who has set mlv up, recorded `churn@v1` and pushed it. */
export function makeSharedWorld(options: TeamOptions = {}): SharedWorld {
  const { variables, ...begun } = options
  // Whatever else was said names a place of this test.
  if (variables !== undefined || begun.init !== undefined) {
    const root = temporaryFolder()
    startSharedWorld(root, options)
    return sharedWorldAt(root, variables)
  }
  return sharedWorldAt(placeFolder(`team ${JSON.stringify(begun)}`, (root) => startSharedWorld(root, begun)))
}

/** Starts a team in an empty folder; see `makeSharedWorld`. */
export function startSharedWorld(root: string, options: TeamOptions): void {
  const bare = join(root, 'team.git')
  runGit('/', ['init', '--quiet', '--bare', '--initial-branch=main', bare])
  mkdirSync(join(root, 'ada'))
  startWorld(join(root, 'ada'))
  const ada = worldAt(join(root, 'ada'), options)
  ada.git('remote', 'add', 'origin', bare)
  ada.git('push', '--quiet', 'origin', 'main')
  ada.mlv('init', '--layout', options.layout ?? 'single', ...(options.init ?? []))
  memberOf(ada, ada.folder).train('first', 0.9)
  if (options.pushed ?? true) ada.mlv('push')
}

/** The team that was started in a folder. */
export function sharedWorldAt(root: string, variables: NodeJS.ProcessEnv = {}): SharedWorld {
  const bare = join(root, 'team.git')
  const ada = worldAt(join(root, 'ada'), { variables })
  return {
    bare,
    ada,
    join: (name) => {
      const folder = join(temporaryFolder(), name)
      runGit('/', ['clone', '--quiet', bare, folder])
      return memberOf(ada, folder)
    },
    git: (...args) => runGit(bare, args),
    hook: (name, script) => {
      writeFileSync(join(bare, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    },
  }
}

/** Someone who works in a folder, with the variables of a world. */
export function memberOf(world: World, folder: string): Member {
  const mlv = (...args: readonly string[]): Outcome => world.mlv('-C', folder, ...args)
  return {
    folder,
    mlv,
    say: (...args) =>
      world
        .say('-C', folder, ...args)
        .replaceAll(`-C ${folder} `, '')
        .replaceAll(folder, '<clone>'),
    start: (...args) => world.start('-C', folder, ...args),
    train: (message, auc) => {
      if (!existsSync(join(folder, 'model'))) mkdirSync(join(folder, 'model'))
      writeFileSync(join(folder, 'model', 'config.json'), JSON.stringify({ message, auc }))
      return mlv('commit', '-m', message, '--metric', `auc=${auc}`, '--model', 'churn=model')
    },
  }
}
