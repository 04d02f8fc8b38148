/**
 * Opening a link in the browser of whoever typed the command, without telling it to other users of the machine: what a
 * program is started with can be read by all of them, so the browser is given a file that leads on.
 */
import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'

type Variables = Readonly<Record<string, string | undefined>>

/** The program that opens a file, and its arguments; `undefined` where there is no screen to open it on. */
export function browserCommand(
  variables: Variables,
  platform: NodeJS.Platform,
  file: string,
): readonly [program: string, argument: string] | undefined {
  if (isRemote(variables)) return undefined
  if (platform === 'darwin') return ['open', file]
  if (platform === 'win32') return ['explorer.exe', file]
  const hasScreen = (variables['DISPLAY'] ?? variables['WAYLAND_DISPLAY'] ?? '') !== ''
  return hasScreen ? ['xdg-open', file] : undefined
}

/** The person sits elsewhere: the browser of this machine is not theirs. */
export function isRemote(variables: Variables): boolean {
  return (variables['SSH_CONNECTION'] ?? variables['SSH_TTY'] ?? '') !== ''
}

/** Writes the file that leads on, for its owner alone. */
export function writeRedirect(file: string, url: string): void {
  const leadOn = `<meta http-equiv="refresh" content="0;url=${url}">`
  writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>mlv</title>${leadOn}\n`, { mode: 0o600, flag: 'wx' })
}

/** Takes the file away; fine when it is gone. */
export function removeRedirect(file: string): void {
  rmSync(file, { force: true })
}

/** Starts a program and lets it be, without a shell; tells when it cannot be started. */
export function startBrowser([program, argument]: readonly [string, string], onFailure: () => void): void {
  const child = spawn(program, [argument], { stdio: 'ignore', detached: true, windowsHide: true })
  child.once('error', onFailure)
  child.unref()
}
