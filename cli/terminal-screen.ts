/**
 * The whole screen of the terminal this process is on: drawn anew line by line, keys as they are pressed, and given
 * back as it was, whatever ends the process but a kill that nothing survives.
 */
import process from 'node:process'
import { keysOf } from './keys.ts'
import type { Key } from './keys.ts'

/** How large a screen is, in characters. */
export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/** A screen. */
export interface TerminalScreen {
  readonly size: () => ScreenSize
  /** Shows lines, as text for a terminal, the first at the top. Only what is no longer the same is sent. */
  readonly draw: (lines: readonly string[]) => void
  /** Gives the terminal back; once is enough. */
  readonly close: () => void
}

/** What a screen tells. */
export interface ScreenListener {
  readonly onKeys: (keys: readonly Key[]) => void
  /** The size is another, or what was shown is gone. */
  readonly onResize: () => void
  /** The terminal is gone. */
  readonly onGone: () => void
}

const USUAL: ScreenSize = { columns: 80, rows: 24 }
/** A process is stopped within this time. */
const AFTER_STOP_MS = 50
/** A terminal that takes what it is sent as slowly as this is not sent more. */
const LIMIT_UNSENT_BYTES = 64 * 1024
// xterm's control sequences: the alternate screen, no cursor, no wrapping of long lines; and all of it back.
const CLEAR = '\u001b[2J'
const ENTER = `\u001b[?1049h\u001b[?25l\u001b[?7l${CLEAR}`
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l'

/** Opens the screen; `undefined` where nobody sits in front of it with a keyboard. */
export function openScreen(listener: ScreenListener): TerminalScreen | undefined {
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY) return undefined
  const mode = screenMode()
  let shown: readonly string[] = []
  const again = (): void => {
    shown = []
    listener.onResize()
  }
  const onData = (bytes: Buffer): void => {
    const keys = keysOf(bytes.toString('utf8'))
    if (keys.includes('ctrl-z')) mode.suspend(again)
    else listener.onKeys(keys)
  }
  const onResize = (): void => {
    mode.clear()
    again()
  }
  const onGone = (): void => {
    mode.lose()
    listener.onGone()
  }
  // Errors are listened to until the end: a terminal that is gone may say so late.
  const onWriteError = ({ code }: NodeJS.ErrnoException): void => {
    if (code === 'EIO') onGone()
  }
  process.once('exit', mode.leave)
  stdout.on('error', onWriteError)
  stdin.on('data', onData).on('end', onGone).on('error', onGone)
  stdout.on('resize', onResize)
  mode.enter()
  return {
    size: () => ({ columns: positive(stdout.columns) ?? USUAL.columns, rows: positive(stdout.rows) ?? USUAL.rows }),
    draw: (lines) => {
      if (!mode.isEntered() || stdout.writableLength > LIMIT_UNSENT_BYTES) return
      stdout.write(changedLines(shown, lines))
      shown = lines
    },
    close: () => {
      mode.end()
      process.removeListener('exit', mode.leave)
      stdin.removeListener('data', onData).removeListener('end', onGone)
      stdout.removeListener('resize', onResize)
      stdin.pause()
    },
  }
}

/** Whether the terminal is ours at the moment. */
interface ScreenMode {
  readonly isEntered: () => boolean
  readonly enter: () => void
  readonly leave: () => void
  readonly clear: () => void
  /** Stops the process as Ctrl-Z does, and goes on when it is continued. */
  readonly suspend: (onBack: () => void) => void
  /** The terminal is gone: nothing is sent any more. */
  readonly lose: () => void
  /** Leaves for good. */
  readonly end: () => void
}

function screenMode(): ScreenMode {
  const { stdin, stdout } = process
  let [isEntered, isEnded, isGone] = [false, false, false]
  const enter = (): void => {
    isEntered = true
    stdin.setRawMode(true)
    stdout.write(ENTER)
  }
  const leave = (): void => {
    if (!isEntered) return
    isEntered = false
    if (isGone) return
    // Written before anything else can end the process: a terminal takes it at once.
    stdout.write(LEAVE)
    stdin.setRawMode(false)
  }
  return {
    isEntered: () => isEntered && !isGone,
    enter,
    leave,
    clear: () => {
      if (isEntered && !isGone) stdout.write(CLEAR)
    },
    suspend: (onBack) => {
      leave()
      // The process stands still in here until it is continued; where nobody could continue it, it does not stop.
      process.kill(process.pid, 'SIGTSTP')
      setTimeout(() => {
        if (isEnded || isGone) return
        enter()
        onBack()
      }, AFTER_STOP_MS)
    },
    lose: () => {
      if (isGone) return
      isGone = true
      // At a usual end Node sets its terminal back, and aborts where there is none any more (ResetStdio in node.cc):
      // it ends by the signal of a terminal that hung up.
      process.once('exit', () => void process.removeAllListeners('SIGHUP').kill(process.pid, 'SIGHUP'))
    },
    end: () => {
      isEnded = true
      leave()
    },
  }
}

/** What makes a screen that shows some lines show others: each changed line where it is, cleared behind its end. */
export function changedLines(shown: readonly string[], lines: readonly string[]): string {
  const count = Math.max(shown.length, lines.length)
  const parts = Array.from({ length: count }, (_, index) => {
    const [before, now] = [shown[index] ?? '', lines[index] ?? '']
    return before === now ? '' : `\u001b[${index + 1};1H${now}\u001b[0m\u001b[K`
  })
  return parts.join('')
}

/** Some terminals say 0 where they do not know. */
function positive(size: number): number | undefined {
  return size > 0 ? size : undefined
}
