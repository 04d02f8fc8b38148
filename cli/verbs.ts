/**
 * The table of verbs. Commands are loaded one at a time, so a verb costs only what it uses.
 */
import type { Command } from './command.ts'
import type { Verb } from './command.ts'

/** Every verb, in the order help lists them: what a day with mlv looks like. */
export const VERBS: readonly Verb[] = [
  verb('init', 'Set mlv up in a git repository', async () => (await import('./commands/init.ts')).initCommand),
  verb('commit', 'Record a run and the model it made', async () => {
    return (await import('./commands/commit.ts')).commitCommand
  }),
  verb('ls', 'List runs', async () => (await import('./commands/ls.ts')).lsCommand),
  verb('show', 'Show one run or version', async () => (await import('./commands/show.ts')).showCommand),
  verb('diff', 'Compare two runs or versions', async () => (await import('./commands/diff.ts')).diffCommand),
  verb('log', 'Show what was done, newest first', async () => (await import('./commands/log.ts')).logCommand),
  verb('note', 'Name, tag, annotate or archive a run', async () => (await import('./commands/note.ts')).noteCommand),
  verb('models', 'List models, or the versions of one', async () => {
    return (await import('./commands/models.ts')).modelsCommand
  }),
  verb('checkout', 'Put the files of a version in place', async () => {
    return (await import('./commands/checkout.ts')).checkoutCommand
  }),
  verb('promote', 'Make an alias name a version', async () => {
    return (await import('./commands/promote.ts')).promoteCommand
  }),
  verb('rollback', 'Move an alias back to what it named before', async () => {
    return (await import('./commands/rollback.ts')).rollbackCommand
  }),
  verb('revert', 'Undo one operation', async () => (await import('./commands/revert.ts')).revertCommand),
  verb('retire', 'Mark a version as no longer to be used', async () => {
    return (await import('./commands/retire.ts')).retireCommand
  }),
  verb('status', 'Show where this clone stands', async () => (await import('./commands/status.ts')).statusCommand),
  verb('fsck', 'Verify every record, pointer and object', async () => {
    return (await import('./commands/fsck.ts')).fsckCommand
  }),
  verb('doctor', 'Check what mlv needs from this machine', async () => {
    return (await import('./commands/doctor.ts')).doctorCommand
  }),
  verb('completion', 'Print a completion script for a shell', async () => {
    return (await import('./commands/completion.ts')).completionCommand
  }),
  verb('help', 'Show help for mlv or one command', async () => (await import('./commands/help.ts')).helpCommand),
]

function verb(name: string, summary: string, load: () => Promise<Command>): Verb {
  return { name, summary, load }
}
