/**
 * The program that gives a command a terminal of its own: `script`, in the form of util-linux or that of BSD.
 */
import { execFile } from 'node:child_process'

/** How to start a command on a terminal of its own. */
export interface TerminalProgram {
  readonly kind: 'util-linux' | 'bsd'
  readonly path: string
}

/** Looks for `script`; `undefined` when the machine has none that is known. */
export async function findTerminalProgram(path: string | undefined): Promise<TerminalProgram | undefined> {
  if (path === undefined) return undefined
  const version = await versionOf(path)
  if (version === undefined) return undefined
  return { kind: version.includes('util-linux') ? 'util-linux' : 'bsd', path }
}

/**
 * The arguments of `script` for a shell program with arguments. Nothing is kept in a file: what it prints is captured
 * like the output of any command.
 *
 * @param shellVariable what `SHELL` is to be for the command: util-linux starts whatever it names, so it is `/bin/sh`
 *   until then
 */
export function terminalArguments(
  { kind }: TerminalProgram,
  program: { readonly text: string; readonly arguments: readonly string[] },
  shellVariable: string | undefined,
): readonly string[] {
  const shell = ['/bin/sh', '-c', program.text, 'sh', ...program.arguments]
  if (kind === 'bsd') return ['-q', '/dev/null', ...shell]
  const restore = shellVariable === undefined ? 'unset SHELL' : `SHELL=${shellWord(shellVariable)}; export SHELL`
  return ['-qefc', `${restore}; exec ${shell.map(shellWord).join(' ')}`, '/dev/null']
}

/** One word of a POSIX shell, whatever it holds. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** BSD's does not know the option and says so; either way it is there. */
function versionOf(path: string): Promise<string | undefined> {
  return new Promise((done) => {
    const child = execFile(path, ['--version'], { timeout: 5_000 }, (error, stdout, stderr) => {
      done(error !== null && error.code === 'ENOENT' ? undefined : stdout + stderr)
    })
    // An old BSD form could take the option for a file name and start a shell: it gets no input to wait for.
    child.stdin?.end()
  })
}
