/**
 * Those who share: mlv and the tools people use instead, each with a remote of its own and its own place in the same
 * store. What is recorded before a push, and the clone before a pull, is not measured.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { output } from './process.js'
import { commitAll, git, makeGitRepository, mlv } from './repository.js'

/**
 * @typedef {import('./process.js').Command} Command
 * @typedef {import('./shared-content.js').Content} Content
 *
 * @typedef {object} Sharer
 * @property {string} name
 * @property {(content: Content) => void} record takes new content in and empties the store; not measured
 * @property {() => readonly Command[]} push
 * @property {() => void} clone makes a fresh clone without large files; not measured
 * @property {() => readonly Command[]} pull
 * @property {string} pulled where the content is after a pull
 *
 * @typedef {object} Place
 * @property {string} folder where the sharer may work; emptied before
 * @property {readonly string[]} kept folders in which the store keeps what this sharer sends
 * @property {Readonly<Record<string, string>>} [env]
 */

const CONFIG = 'model: { name: shared, path: run/model }\n'

/**
 * @param {Place & { readonly init: readonly string[], readonly configure?: (repository: string) => void }} place
 * @returns {Sharer}
 */
export function mlvSharer({ folder, kept, env, init, configure = () => undefined }) {
  const [bare, clone, pulled] = ['bare.git', 'clone', 'pulled'].map((name) => join(folder, name))
  const repository = makeGitRepository(join(folder, 'repository'))
  makeBare(bare, repository)
  const run = (/** @type {string} */ cwd, /** @type {readonly string[]} */ ...args) => ({ ...mlv(cwd, ...args), env })
  output(run(repository, 'init', ...init))
  writeFileSync(join(repository, 'mlv.yaml'), CONFIG)
  commitAll(repository, 'Set up mlv')
  configure(repository)
  return {
    name: 'mlv',
    record: (content) => {
      empty(kept)
      for (const store of ['mlv/objects', 'lfs']) remove(join(repository, '.git', store))
      copyInto(content, join(repository, 'run/model'))
      output(run(repository, 'commit', '--message=shared'))
    },
    push: () => [run(repository, 'push')],
    clone: () => {
      for (const each of [clone, pulled]) remove(each)
      output(run(folder, 'clone', bare, clone))
      configure(clone)
      output(run(clone, 'remote', 'trust'))
    },
    pull: () => [run(clone, 'fetch'), run(clone, 'checkout', 'shared@latest', '--to', pulled)],
    pulled,
  }
}

/** @returns {Sharer} */
export function gitLfsSharer(/** @type {Place & { readonly url: string }} */ { folder, kept, url }) {
  const [bare, clone] = ['bare.git', 'clone'].map((name) => join(folder, name))
  const repository = makeGitRepository(join(folder, 'repository'))
  makeBare(bare, repository)
  const configure = (/** @type {string} */ each) => {
    git(each, 'lfs', 'install', '--local')
    git(each, 'config', 'lfs.url', url)
    git(each, 'config', 'lfs.locksverify', 'false')
  }
  configure(repository)
  git(repository, 'lfs', 'track', 'model/**')
  commitAll(repository, 'Track the model')
  git(repository, 'push', '--quiet', 'origin', 'main')
  return {
    name: 'git-lfs',
    record: (content) => {
      empty(kept)
      remove(join(repository, '.git/lfs/objects'))
      copyInto(content, join(repository, 'model'))
      commitAll(repository, 'shared')
    },
    push: () => [{ argv: ['git', 'push', '--quiet', 'origin', 'main'], cwd: repository }],
    clone: () => {
      remove(clone)
      output({ argv: ['git', 'clone', '--quiet', bare, clone], env: { GIT_LFS_SKIP_SMUDGE: '1' } })
      configure(clone)
    },
    pull: () => [
      { argv: ['git', 'fetch', '--quiet'], cwd: clone },
      { argv: ['git', 'lfs', 'pull'], cwd: clone },
    ],
    pulled: join(clone, 'model'),
  }
}

/** @returns {Sharer} */
export function dvcSharer(
  /** @type {Place & { readonly python: string, readonly url: string, readonly endpoint?: string }} */ {
    folder,
    kept,
    env,
    python,
    url,
    endpoint,
  },
) {
  const [bare, clone] = ['bare.git', 'clone'].map((name) => join(folder, name))
  const repository = makeGitRepository(join(folder, 'repository'))
  makeBare(bare, repository)
  const dvc = (/** @type {string} */ cwd, /** @type {readonly string[]} */ ...args) => {
    return { argv: [python, '-m', 'dvc', ...args], cwd, env }
  }
  output(dvc(repository, 'init', '--quiet'))
  output(dvc(repository, 'remote', 'add', '--default', 'store', url))
  if (endpoint !== undefined) output(dvc(repository, 'remote', 'modify', 'store', 'endpointurl', endpoint))
  commitAll(repository, 'Set up DVC')
  return {
    name: 'DVC',
    record: (content) => {
      empty(kept)
      remove(join(repository, '.dvc/cache'))
      copyInto(content, join(repository, 'model'))
      output(dvc(repository, 'add', '--quiet', 'model'))
      commitAll(repository, 'shared')
      git(repository, 'push', '--quiet', 'origin', 'main')
    },
    push: () => [dvc(repository, 'push', '--quiet')],
    clone: () => {
      remove(clone)
      git(folder, 'clone', '--quiet', bare, clone)
    },
    pull: () => [{ argv: ['git', 'fetch', '--quiet'], cwd: clone }, dvc(clone, 'pull', '--quiet')],
    pulled: join(clone, 'model'),
  }
}

/**
 * A program that copies, and knows nothing of versions: the least that moving the bytes can cost.
 *
 * @param {Place & { readonly name: string, readonly push: (from: string) => Command, readonly pull: (to: string) =>
 * Command }} place
 * @returns {Sharer}
 */
export function copySharer({ folder, kept, name, push, pull }) {
  const pulled = join(folder, 'pulled')
  let source = ''
  return {
    name,
    record: (content) => {
      empty(kept)
      source = content.folder
    },
    push: () => [push(source)],
    clone: () => {
      remove(pulled)
      mkdirSync(folder, { recursive: true })
    },
    pull: () => [pull(pulled)],
    pulled,
  }
}

function makeBare(/** @type {string} */ bare, /** @type {string} */ repository) {
  output({ argv: ['git', 'init', '--quiet', '--bare', '--initial-branch=main', bare], cwd: dirname(bare) })
  git(repository, 'remote', 'add', 'origin', bare)
  git(repository, 'push', '--quiet', 'origin', 'main')
}

function copyInto(/** @type {Content} */ content, /** @type {string} */ target) {
  remove(target)
  cpSync(content.folder, target, { recursive: true })
}

/** Removes what is in the folders, and leaves the files a store knows itself by. */
function empty(/** @type {readonly string[]} */ folders) {
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true })
    for (const entry of readdirSync(folder)) remove(join(folder, entry))
  }
}

function remove(/** @type {string} */ path) {
  rmSync(path, { recursive: true, force: true })
}
