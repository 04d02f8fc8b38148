/**
 * `mlv ui`: pages about the repository, for a browser on this machine.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import packageManifest from '../../package.json' with { type: 'json' }
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import type { RunningServer, ServeOptions } from '../../src/server/serve.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { nextCommand } from '../next-command.ts'
import { browserCommand, isRemote, removeRedirect, startBrowser, writeRedirect } from '../open-browser.ts'
import { count, flag } from '../option.ts'
import { untilStopped } from '../stop-signal.ts'

/** The command. */
export const uiCommand = defineCommand({
  name: 'ui',
  summary: 'Look at runs and models in a browser',
  details: [
    'Serves pages to this machine alone, until Ctrl-C, and opens them. The link lets in one browser, once: what it',
    'shows is as secret as the repository. Everything is read when it is asked for; nothing is sent anywhere.',
    'Over ssh, forward the port: the line to type is printed.',
  ],
  arguments: {},
  options: {
    port: count('--port <number>', 'the port to answer on; any that is free when absent'),
    noOpen: flag('--no-open', 'print the link and open nothing'),
  },
  examples: [
    { line: 'mlv ui', does: 'open the pages of this repository' },
    { line: 'mlv ui --no-open --port 8123', does: 'print a link to port 8123, for a port that is forwarded' },
  ],
  run: async (session, _, { port, noOpen }) => {
    if (port !== undefined && port > MOST_PORT) {
      throw refuse('usage-invalid', { problem: `--port takes a number up to ${MOST_PORT}, not ${port}` })
    }
    await session.withRepository(async (repository) => {
      // Before anything is printed: whoever reads the link may end the command at once.
      const stopped = untilStopped()
      const redirect = join(repository.commonDir, 'mlv', `ui-${randomName(session)}.html`)
      const server = await started(session, repository, { port: port ?? 0, onEnter: () => removeRedirect(redirect) })
      try {
        tellLink(session, server)
        if (!noOpen && !session.output.isJson) open(session, server, redirect)
        await stopped
      } finally {
        removeRedirect(redirect)
        await server.close()
      }
    })
    return EXIT.ok
  },
})

const MOST_PORT = 65_535

/** The link as JSON. */
export function uiJson(url: string): ValueMap {
  return valueMap({ url })
}

async function started(
  { output, openOptions }: Session,
  repository: Repository,
  options: Pick<ServeOptions, 'port' | 'onEnter'>,
): Promise<RunningServer> {
  const { startServer } = await import('../../src/server/serve.ts')
  const isDebugged = openOptions.variables['MLV_DEBUG'] === '1'
  try {
    return await startServer(repository, {
      ...options,
      mlvVersion: packageManifest.version,
      assets: readAssets(),
      nextOf: (detail) => nextCommand(detail, 'ui'),
      onBug: (error) => {
        const text = error instanceof Error ? ((isDebugged ? error.stack : undefined) ?? error.message) : String(error)
        output.talk(...text.split('\n').map((line): Line => [styled('bad', 'mlv: bug: '), line]))
      },
    })
  } catch (caught) {
    if (errnoOf(caught) !== 'EADDRINUSE' && errnoOf(caught) !== 'EACCES') throw caught
    throw refuse('port-taken', { port: options.port }, caught)
  }
}

function tellLink({ output, openOptions }: Session, server: RunningServer): void {
  const url = server.issueLink()
  output.answer(
    () => uiJson(url),
    () => [[url]],
  )
  output.talk([styled('faint', 'lets in one browser, once; Ctrl-C ends')])
  if (!isRemote(openOptions.variables)) return
  const { port } = server
  output.talk(['on your own machine: ', `ssh -N -L ${port}:127.0.0.1:${port} ${openOptions.hostName}`])
}

function open({ output, openOptions }: Session, server: RunningServer, redirect: string): void {
  const command = browserCommand(openOptions.variables, process.platform, redirect)
  if (command === undefined) return
  // A link of its own: the printed one still works for a browser that is not the usual one.
  writeRedirect(redirect, server.issueLink())
  startBrowser(command, () => output.talk(['no browser could be started; open the link yourself']))
}

/** The pages, as they were built beside this program. */
function readAssets(): ServeOptions['assets'] {
  const folders = ['./ui/', '../../dist/ui/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
  const folder = folders.find((each) => existsSync(join(each, 'index.html')))
  if (folder === undefined) throw new Error('the pages are not beside the program; install mlv again')
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return { 'index.html': text('index.html'), 'app.js': text('app.js'), 'app.css': text('app.css') }
}

function randomName({ openOptions }: Session): string {
  return Buffer.from(openOptions.entropy.randomBytes(12)).toString('hex')
}

function errnoOf(caught: unknown): unknown {
  return caught instanceof Error && 'code' in caught ? caught.code : undefined
}
