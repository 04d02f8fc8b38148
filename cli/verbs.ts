/**
 * The table of verbs. Commands are loaded one at a time, so a verb costs only what it uses.
 */
import type { Command, Verb, VerbGroup } from './command.ts'

/** Every verb, in the order help lists them: what a day with mlv looks like, the most used of a group first. */
export const VERBS: readonly Verb[] = [
  ...group('record', [
    verb('init', 'Set mlv up in a git repository', async () => (await import('./commands/init.ts')).initCommand),
    verb('run', 'Run a command and record it while it runs', async () => {
      return (await import('./commands/run.ts')).runCommandCommand
    }),
    verb('commit', 'Record a run and the model it made', async () => {
      return (await import('./commands/commit.ts')).commitCommand
    }),
    verb('sweep', 'Try the values of a space, several at a time', async () => {
      return (await import('./commands/sweep.ts')).sweepCommand
    }),
    verb('log-metric', 'Log a point of a metric into a running run', async () => {
      return (await import('./commands/log-metric.ts')).logMetricCommand
    }),
    verb('log-param', 'Log a parameter of a running run', async () => {
      return (await import('./commands/log-param.ts')).logParamCommand
    }),
    verb('log-artifact', 'Log a file or folder of a running run', async () => {
      return (await import('./commands/log-artifact.ts')).logArtifactCommand
    }),
    verb('note', 'Name, tag, annotate or archive a run', async () => (await import('./commands/note.ts')).noteCommand),
  ]),
  ...group('look', [
    verb('ls', 'List runs', async () => (await import('./commands/ls.ts')).lsCommand),
    verb('show', 'Show one run or version', async () => (await import('./commands/show.ts')).showCommand),
    verb('ui', 'Look at runs and models in a browser', async () => (await import('./commands/ui.ts')).uiCommand),
    verb('site', 'Write runs and models as pages that need no server', async () => {
      return (await import('./commands/site.ts')).siteCommand
    }),
    verb('plot', 'Draw a metric of runs in the terminal', async () => {
      return (await import('./commands/plot.ts')).plotCommand
    }),
    verb('importance', 'Measure which parameters count for a metric', async () => {
      return (await import('./commands/importance.ts')).importanceCommand
    }),
    verb('diff', 'Compare two runs or versions', async () => (await import('./commands/diff.ts')).diffCommand),
    verb('why', 'Split a change of metrics by its causes', async () => (await import('./commands/why.ts')).whyCommand),
    verb('lineage', 'Show what a run or version came of, and what came of it', async () => {
      return (await import('./commands/lineage.ts')).lineageCommand
    }),
    verb('bisect', 'Find the commit that made a metric worse', async () => {
      return (await import('./commands/bisect.ts')).bisectCommand
    }),
    verb('top', 'Watch the runs that are at work', async () => (await import('./commands/top.ts')).topCommand),
    verb('tail', 'Show what a run prints and logs', async () => (await import('./commands/tail.ts')).tailCommand),
    verb('sql', 'Ask the runs in SQL', async () => (await import('./commands/sql.ts')).sqlCommand),
    verb('export', 'Write runs as CSV, JSON Lines or Parquet', async () => {
      return (await import('./commands/export.ts')).exportCommand
    }),
    verb('log', 'Show what was done, newest first', async () => (await import('./commands/log.ts')).logCommand),
  ]),
  ...group('models', [
    verb('models', 'List models, or the versions of one', async () => {
      return (await import('./commands/models.ts')).modelsCommand
    }),
    verb('board', 'Rank the models in production', async () => (await import('./commands/board.ts')).boardCommand),
    verb('blame', 'Show which version last moved each metric', async () => {
      return (await import('./commands/blame.ts')).blameCommand
    }),
    verb('card', 'Hold numbers in documents against the record', async () => {
      return (await import('./commands/card.ts')).cardCommand
    }),
    verb('promote', 'Make an alias name a version', async () => {
      return (await import('./commands/promote.ts')).promoteCommand
    }),
    verb('rollback', 'Move an alias back to what it named before', async () => {
      return (await import('./commands/rollback.ts')).rollbackCommand
    }),
    verb('retire', 'Mark a version as no longer to be used', async () => {
      return (await import('./commands/retire.ts')).retireCommand
    }),
    verb('revert', 'Undo one operation', async () => (await import('./commands/revert.ts')).revertCommand),
  ]),
  ...group('review', [
    verb('pr', 'Report what a change did to the models', async () => (await import('./commands/pr.ts')).prCommand),
    verb('gate', 'Check that a change keeps its limits', async () => (await import('./commands/gate.ts')).gateCommand),
    verb('check', 'Check that a promotion may be merged', async () => {
      return (await import('./commands/check.ts')).checkCommand
    }),
    verb('audit', 'Tell who promoted what, and check that nothing was edited', async () => {
      return (await import('./commands/audit.ts')).auditCommand
    }),
  ]),
  ...group('reproduce', [
    verb('checkout', 'Put the files of a version in place', async () => {
      return (await import('./commands/checkout.ts')).checkoutCommand
    }),
    verb('rerun', 'Run a recorded run again, and verify it', async () => {
      return (await import('./commands/rerun.ts')).rerunCommand
    }),
  ]),
  ...group('share', [
    verb('sync', 'Pull, then push', async () => (await import('./commands/sync.ts')).syncCommand),
    verb('push', 'Send what was recorded here to a remote', async () => {
      return (await import('./commands/push.ts')).pushCommand
    }),
    verb('pull', 'Take in what others recorded', async () => (await import('./commands/pull.ts')).pullCommand),
    verb('fetch', 'Look at what others recorded, changing nothing', async () => {
      return (await import('./commands/fetch.ts')).fetchCommand
    }),
    verb('clone', 'Get the records of a repository, without its code', async () => {
      return (await import('./commands/clone.ts')).cloneCommand
    }),
    verb('get', 'Get files of a version without a clone', async () => (await import('./commands/get.ts')).getCommand),
    verb('bundle', 'Write the branch and artifacts into one file', async () => {
      return (await import('./commands/bundle.ts')).bundleCommand
    }),
    verb('unbundle', 'Take in what a bundle holds', async () => {
      return (await import('./commands/unbundle.ts')).unbundleCommand
    }),
    verb(
      'store',
      'Show or change where large files are',
      async () => (await import('./commands/store.ts')).storeCommand,
    ),
    verb('remote', 'Trust the servers a repository names', async () => {
      return (await import('./commands/remote.ts')).remoteCommand
    }),
  ]),
  ...group('maintain', [
    verb('status', 'Show where this clone stands', async () => (await import('./commands/status.ts')).statusCommand),
    verb('gc', 'Set aside large files that no record names', async () => (await import('./commands/gc.ts')).gcCommand),
    verb('estimate', 'Measure what a compact store would keep', async () => {
      return (await import('./commands/estimate.ts')).estimateCommand
    }),
    verb('cache', 'Show and trim the cache of this machine', async () => {
      return (await import('./commands/cache.ts')).cacheCommand
    }),
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
  ]),
]

function group(name: VerbGroup, verbs: readonly Omit<Verb, 'group'>[]): readonly Verb[] {
  return verbs.map((each) => ({ ...each, group: name }))
}

function verb(name: string, summary: string, load: () => Promise<Command>): Omit<Verb, 'group'> {
  return { name, summary, load }
}
