/**
 * Options that every command takes, and the one that every reading command takes.
 */
import { choice, flag, hidden, text } from './option.ts'

/** Accepted by every command, before or after its name. */
export const COMMON_OPTIONS = {
  json: flag('--json', 'print one JSON document, described by schemas/cli-<command>.schema.json'),
  folder: text('-C, --folder <dir>', 'work as if started in this folder'),
  noColor: flag('--no-color', 'print without colour, as with NO_COLOR set or when not on a terminal'),
  engine: hidden(choice('--engine <name>', 'how to read and write git', ['auto', 'system', 'embedded'])),
} as const

/** `--at`, for commands that read the past. */
export const AT = text('--at <when>', 'read the branch as it was at a date or commit')
