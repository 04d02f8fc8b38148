/**
 * What the operating system says about this machine.
 */
import { arch, cpus, release, totalmem, type } from 'node:os'

/** The machine, as an environment record starts from it. */
export interface SystemFacts {
  readonly os: { readonly name: string; readonly release: string; readonly arch: string }
  readonly cpu: { readonly model: string; readonly count: number; readonly memoryBytes: number }
  /** Version of the Node.js that is running, without a leading `v`. */
  readonly nodeVersion: string
  /** Where the kernel shows itself as files: `/proc` on Linux; absent files are fine. */
  readonly procFolder: string
  /** The root that marks of containers are looked for under: `/`. */
  readonly rootFolder: string
}

/** Asks the operating system; takes the version of Node.js from the caller, who may touch the process. */
export function systemFacts(nodeVersion: string): SystemFacts {
  const processors = cpus()
  return {
    os: { name: type(), release: release(), arch: arch() },
    cpu: { model: processors[0]?.model.trim() ?? 'unknown', count: processors.length, memoryBytes: totalmem() },
    nodeVersion: nodeVersion.replace(/^v/, ''),
    procFolder: '/proc',
    rootFolder: '/',
  }
}
