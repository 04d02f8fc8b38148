/**
 * One execution of one command: its output, and the repository it works on.
 */
import { resolve } from 'node:path'
import type { OpenOptions, Repository } from '../src/ops/repository/repository.ts'
import { COMMON_OPTIONS } from './common-options.ts'
import type { CommandTexts, Session, Verb } from './command.ts'
import type { Environment } from './environment.ts'
import { createOutput } from './output.ts'
import type { Output } from './output.ts'
import { styled } from './format/line.ts'
import { durationText } from './format/time.ts'

/** Starts a session with what the common options say. @throws `usage-invalid` */
export function startSession(environment: Environment, verbs: readonly Verb[], texts: CommandTexts): Session {
  const given = (option: { readonly flags: string }): readonly string[] => texts.options.get(option.flags) ?? []
  const output = createOutput(environment, {
    json: COMMON_OPTIONS.json.valueOf(given(COMMON_OPTIONS.json)),
    noColor: COMMON_OPTIONS.noColor.valueOf(given(COMMON_OPTIONS.noColor)),
  })
  // As git does: each -C starts from the one before it.
  const folder = resolve(environment.folder, ...given(COMMON_OPTIONS.folder))
  const engine = COMMON_OPTIONS.engine.valueOf(given(COMMON_OPTIONS.engine))
  const { variables, clock, entropy, userId, processId, hostName, nodeVersion, isRunning } = environment
  const world = { variables, clock, entropy, userId, processId, hostName, nodeVersion }
  const system = isRunning === undefined ? {} : { isRunning }
  const onCacheTrouble = (problem: string): void => output.talk([styled('warning', 'warning: '), problem])
  const openOptions = { ...world, ...system, folder, engine, onWait: waitingNotice(output), onCacheTrouble }
  return {
    output,
    verbs,
    nowMs: clock.nowMs(),
    openOptions,
    commandTerminal: () => environment.commandTerminal((line) => output.talk([styled('faint', 'mlv:'), ` ${line}`])),
    withRepository: (work) => withRepository(environment, openOptions, work),
  }
}

async function withRepository<Result>(
  environment: Environment,
  options: OpenOptions,
  work: (repository: Repository) => Promise<Result>,
): Promise<Result> {
  const repository = await environment.openRepository(options)
  try {
    return await work(repository)
  } finally {
    await repository.close()
  }
}

/** Says once whom we wait for; on a terminal the seconds are counted. */
function waitingNotice(output: Output): NonNullable<OpenOptions['onWait']> {
  let isTold = false
  return ({ owner, waitedMs }) => {
    if (!isTold) output.talk([`waiting for another mlv command (${owner})`])
    isTold = true
    output.progress(`waited ${durationText(waitedMs)}`)
  }
}
