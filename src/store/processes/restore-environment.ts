/**
 * Packages as they were recorded, installed by the project's own tool into the folder that is given. Nothing is
 * installed anywhere else, and only when somebody asked for it.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Environment } from '../../domain/environment.ts'
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../files/files.ts'
import { writeFileDurably } from '../files/safe-write.ts'

/** The tools that can restore an environment. */
export type EnvironmentTool = 'uv' | 'pip' | 'npm'

/** What to restore, and where. */
export interface RestoreEnvironment {
  readonly tool: EnvironmentTool
  /** Absolute: the folder of the project, where `.venv` or `node_modules` will be. */
  readonly folder: string
  readonly recorded: Environment
  readonly variables: Readonly<Record<string, string | undefined>>
  /** What the tool prints, as it comes. */
  readonly onOutput: (bytes: Uint8Array) => Promise<void>
}

const VENV = '.venv'

/** Packages that a virtual environment brings, or whose recorded version is that of the tool itself. */
const BROUGHT = new Set(['pip', 'setuptools', 'wheel', 'uv'])

/** Files that list packages of Node or R. */
const OTHER_LANGUAGES = /package(?:-lock)?\.json|node_modules|pnpm-lock|yarn\.lock|renv\.lock/

/**
 * Restores the packages; returns the variables a command needs to use them.
 *
 * @throws `environment-not-restored` when the tool is missing or fails
 */
export async function restoreEnvironment(
  files: Files,
  request: RestoreEnvironment,
): Promise<Readonly<Record<string, string>>> {
  const { tool, folder, variables } = request
  if (tool === 'npm') {
    await run(request, 'npm', ['ci'])
    return {}
  }
  const venv = join(folder, VENV)
  if (tool === 'uv' && (await files.stat(join(folder, 'uv.lock'))) !== undefined) {
    await run(request, 'uv', ['sync', '--frozen'])
  } else await installRecorded(files, request, venv)
  // Git must not take the environment for code.
  if ((await files.lstat(join(venv, '.gitignore'))) === undefined) {
    await writeFileDurably(files, join(venv, '.gitignore'), Buffer.from('*\n'), { replace: true })
  }
  return { VIRTUAL_ENV: venv, PATH: [join(venv, 'bin'), variables['PATH'] ?? ''].join(':') }
}

/** Every recorded package at its recorded version, and no other. */
async function installRecorded(files: Files, request: RestoreEnvironment, venv: string): Promise<void> {
  const { tool, folder, recorded } = request
  const version = recorded.languages.find(({ name }) => name === 'python')?.version
  const packages = recorded.packages.filter(({ name, source }) => !BROUGHT.has(name) && !OTHER_LANGUAGES.test(source))
  const list = join(folder, '.mlv-requirements.txt')
  const lines = packages.map((each) => requirementOf(each, tool))
  await writeFileDurably(files, list, Buffer.from(lines.join('')), { replace: true })
  try {
    if (tool === 'uv') {
      await run(request, 'uv', ['venv', '--quiet', ...(version === undefined ? [] : ['--python', version]), venv])
      await run(request, 'uv', ['pip', 'install', '--quiet', '--no-deps', '--python', venv, '-r', list])
      return
    }
    await run(request, await pythonFor(files, version, request.variables), ['-m', 'venv', venv])
    await run(request, join(venv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', list])
  } finally {
    await files.remove(list)
  }
}

/** A record is read from a branch that others write: a line of the list must be a package and never an option. */
function requirementOf({ name, version }: Environment['packages'][number], tool: EnvironmentTool): string {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name) || !/^[A-Za-z0-9][\w.!+-]*$/.test(version)) {
    throw refuse('environment-not-restored', { tool, command: `install ${name}==${version}`, exitCode: 2 })
  }
  return `${name}==${version}\n`
}

/** `python3.11` where the search path has one, else whatever `python3` is. */
async function pythonFor(
  files: Files,
  version: string | undefined,
  variables: RestoreEnvironment['variables'],
): Promise<string> {
  const minor = /^\d+\.\d+/.exec(version ?? '')?.[0]
  if (minor === undefined) return 'python3'
  for (const folder of (variables['PATH'] ?? '').split(':')) {
    if ((await files.stat(join(folder, `python${minor}`)).catch(() => undefined)) !== undefined) return `python${minor}`
  }
  return 'python3'
}

async function run(request: RestoreEnvironment, program: string, args: readonly string[]): Promise<void> {
  const { folder, variables, onOutput, tool } = request
  const command = [program, ...args].join(' ')
  const child = spawn(program, args, { cwd: folder, env: variables, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(127))
    child.on('close', (exitCode) => resolve(exitCode ?? 1))
  })
  await Promise.all(
    [child.stdout, child.stderr].map(async (stream) => {
      for await (const chunk of stream) if (chunk instanceof Uint8Array) await onOutput(chunk)
    }),
  )
  const exitCode = await ended
  if (exitCode !== 0) throw refuse('environment-not-restored', { tool, command, exitCode })
}
