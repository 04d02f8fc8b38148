/**
 * Where a command can be killed: its system calls that change the repository, as strace numbers them.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { GIT, MLV, VARIABLES } from './victim-world.js'

/** The calls that change a disk. `openat` counts where it creates. */
const CALLS = ['openat', 'write', 'fsync', 'rename', 'link', 'unlink', 'mkdir', 'rmdir']

/** The programs of git that write for mlv. */
const GIT_WRITERS = ['fast-import', 'update-ref', 'update-index', 'write-tree', 'commit-tree', 'repack']

/** How far the n-th call of one try may be from the n-th call of another. */
const JITTER = 1

/** Whether this machine can inject faults. */
export function hasStrace() {
  return spawnSync('strace', ['-V']).status === 0
}

/**
 * Makes `git` a program that starts the real one under strace when it is the one to be tried. Returns its folder.
 */
export function makeGitWrapper(/** @type {string} */ root) {
  const folder = join(root, 'bin')
  mkdirSync(folder, { recursive: true })
  const script = [
    '#!/bin/sh',
    'case " $* " in',
    // -D: git stays the child of mlv, so that mlv knows it by its process id.
    `*" $FAULT_GIT "*) exec strace -D -f -qq -y -o "$FAULT_LOG" $FAULT_OPTIONS ${GIT} "$@" ;;`,
    'esac',
    `exec ${GIT} "$@"`,
    '',
  ]
  writeFileSync(join(folder, 'git'), script.join('\n'))
  chmodSync(join(folder, 'git'), 0o755)
  return folder
}

/**
 * How to start a command so that one call of it goes wrong.
 *
 * @param {{ readonly root: string, readonly gitFolder: string }} place
 * @param {string} target `mlv`, or the git command that is tried
 * @param {readonly string[]} options of strace
 */
export function underStrace({ root, gitFolder }, target, options) {
  const log = join(root, 'strace.log')
  rmSync(log, { force: true })
  if (target === 'mlv') {
    // Git is left alone from the moment it starts.
    return { log, wrap: ['strace', '-f', '-b', 'execve', '-qq', '-y', '-o', log, ...options], variables: {} }
  }
  const variables = {
    PATH: `${gitFolder}${delimiter}${VARIABLES['PATH'] ?? ''}`,
    FAULT_GIT: target,
    FAULT_LOG: log,
    FAULT_OPTIONS: options.join(' '),
  }
  return { log, wrap: [], variables }
}

/**
 * Every place where a command changes its repository: the program, the call, its number, and on what.
 *
 * @param {{ readonly root: string, readonly gitFolder: string }} place
 * @param {string} folder a repository to run it in once
 * @param {{ readonly engine: string, readonly args: readonly string[] }} command
 */
export function findSites(place, folder, command) {
  const targets = command.engine === 'system' ? ['mlv', ...GIT_WRITERS] : ['mlv']
  const found = []
  for (const target of targets) {
    const { log, wrap, variables } = underStrace(place, target, ['-e', `trace=${CALLS.join(',')}`])
    const argv = [...wrap, process.execPath, MLV, '--engine', command.engine, ...command.args]
    const { status, stderr } = spawnSync(argv[0], argv.slice(1), { cwd: folder, env: { ...VARIABLES, ...variables } })
    if (status !== 0) throw new Error(`a command that nobody killed ended with ${status}: ${stderr}`)
    if (existsSync(log)) found.push(...sitesIn(readFileSync(log, 'utf8'), folder, target))
  }
  return found
}

function sitesIn(log, folder, target) {
  const counts = new Map()
  const sites = new Map()
  for (const line of log.split('\n')) {
    const [, thread, call, rest] = /^(\d+)\s+(\w+)\((.*)/.exec(line) ?? []
    if (call === undefined) continue
    const number = (counts.get(`${thread} ${call}`) ?? 0) + 1
    counts.set(`${thread} ${call}`, number)
    if (!changes(call, rest, folder)) continue
    const near = call === 'write' || call === 'openat' ? JITTER : 0
    for (let at = number - near; at <= number + near; at += 1) {
      if (at > 0) sites.set(`${call} ${at}`, { target, call, number: at })
    }
  }
  return [...sites.values()]
}

function changes(call, rest, folder) {
  if (call === 'openat') return rest.includes(folder) && rest.includes('O_CREAT')
  const subject = call === 'write' ? rest.split(',', 1)[0] : rest
  return subject?.includes(join(folder, '.git')) ?? false
}

/** What really went wrong in a try: `fast-import write objects/pack/tmp_pack_*`; absent when the call never came. */
export function injectedAt(/** @type {string} */ log, /** @type {string} */ target, /** @type {string} */ folder) {
  if (!existsSync(log)) return undefined
  const lines = readFileSync(log, 'utf8').split('\n')
  const failed = lines.find((line) => line.includes('(INJECTED)'))
  const killed = lines.some((line) => line.includes('killed by SIGKILL'))
  // The call that a kill interrupts is the last that was begun.
  const line = failed ?? (killed ? lines.filter((each) => /^\d+\s+\w+\(/.test(each)).at(-1) : undefined)
  if (line === undefined) return undefined
  const call = /^\d+\s+(\w+)\(/.exec(line)?.[1] ?? 'unknown'
  const at = line.indexOf(join(folder, '.git'))
  if (at < 0) return `${target} ${call} elsewhere`
  const path = /^[^"'<>]*/.exec(line.slice(at + folder.length + 1))?.[0] ?? ''
  return `${target} ${call} ${path.replace(/[0-9a-z]*\d[0-9a-zA-Z]{5,}|tmp_(\w+)_\w+/g, '*')}`
}
