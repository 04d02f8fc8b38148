/**
 * Fresh git repositories, with and without mlv, and the commands that work in them.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { output } from './process.js'

const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const PROGRAM = join(PROJECT, 'dist', 'mlv.cjs')

/** @throws when nothing has been built: the bench measures what users run, never the sources */
export function requireBuild() {
  if (!existsSync(PROGRAM)) throw new Error(`there is no ${PROGRAM}: run 'npm run bundle' first`)
}

/** A call of the command line, as its users make it. @returns {import('./process.js').Command} */
export function mlv(/** @type {string} */ cwd, /** @type {readonly string[]} */ ...args) {
  return { argv: [process.execPath, PROGRAM, ...args], cwd }
}

/** Runs git in a folder and returns what it printed. */
export function git(/** @type {string} */ cwd, /** @type {readonly string[]} */ ...args) {
  return output({ argv: ['git', ...args], cwd })
}

/** Makes a repository with one commit of code; what a run writes below `run/` is not code. Returns its folder. */
export function makeGitRepository(/** @type {string} */ folder) {
  mkdirSync(join(folder, 'run'), { recursive: true })
  git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'config', 'user.name', 'Ada')
  git(folder, 'config', 'user.email', 'ada@example.com')
  // A commit of thousands of files begins to repack beside what is measured, and under the feet of git-lfs.
  git(folder, 'config', 'gc.auto', '0')
  writeFileSync(join(folder, '.gitignore'), '/run/\n')
  writeFileSync(join(folder, 'train.py'), 'epochs = 20\n')
  commitAll(folder, 'Train')
  return folder
}

/** The same, with `mlv init` done and the given `mlv.yaml` committed. */
export function makeMlvRepository(/** @type {string} */ folder, /** @type {string} */ config) {
  makeGitRepository(folder)
  output(mlv(folder, 'init'))
  writeFileSync(join(folder, 'mlv.yaml'), config)
  commitAll(folder, 'Set up mlv')
  return folder
}

/** Commits every file that is not ignored. */
export function commitAll(/** @type {string} */ folder, /** @type {string} */ message) {
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', `--message=${message}`)
}
