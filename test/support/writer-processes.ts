/**
 * Starts `writer-process.ts` as real processes, each in a process group of its own so that a kill takes git with it.
 */
import { spawn } from 'node:child_process'
import { buildSync } from 'esbuild'
import { join } from 'node:path'
import { temporaryFolder } from './repository.ts'

/** A writer at work. */
export interface Writer {
  /** Resolves with the commits it acknowledged, once it has ended for whatever reason. */
  readonly acknowledged: Promise<readonly string[]>
  /** Resolves when it has acknowledged so many. */
  readonly reached: (count: number) => Promise<void>
  /** Kills it at once; with `group` also the git processes it started. */
  readonly kill: (target: 'alone' | 'group') => void
  /** What it complained about. */
  readonly complaints: () => string
}

/** Bundles the program once, into a folder that goes away when the test ends. */
export function buildWriter(): string {
  const outfile = join(temporaryFolder(), 'writer.mjs')
  buildSync({
    entryPoints: [join(import.meta.dirname, 'writer-process.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Only the embedded engine needs it.
    external: ['isomorphic-git'],
    outfile,
  })
  return outfile
}

/** Starts one writer. */
export function startWriter(program: string, folder: string, work: { name: string; count: number }): Writer {
  const args = [program, folder, work.name, String(work.count)]
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let complaints = ''
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const lines = () => output.split('\n').slice(0, -1)
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8')
    for (const wait of waiting) if (lines().length >= wait.count) wait.resolve()
  })
  child.stderr.on('data', (chunk: Buffer) => void (complaints += chunk.toString('utf8')))
  const acknowledged = new Promise<readonly string[]>((resolve) => {
    child.once('close', () => {
      for (const wait of waiting) wait.resolve()
      resolve(lines())
    })
  })
  return {
    acknowledged,
    reached: (count) => new Promise((resolve) => void waiting.push({ count, resolve })),
    kill: (target) => {
      if (child.pid !== undefined) process.kill(target === 'group' ? -child.pid : child.pid, 'SIGKILL')
    },
    complaints: () => complaints,
  }
}
