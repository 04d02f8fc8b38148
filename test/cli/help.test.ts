/** Help: every verb explains itself, and what it explains is true. */
import { describe, expect, test } from 'vitest'
import { parseCommandLine } from '../../cli/parse-command-line.ts'
import { displayWidth } from '../../cli/format/display-width.ts'
import { loadCommands } from '../../cli/load-commands.ts'
import { VERBS } from '../../cli/verbs.ts'
import { run, fakeWorld, transcript } from './fake-environment.ts'

const commands = await loadCommands(VERBS)

test('mlv help lists every verb', async () => {
  expect(await transcript(['help'])).toMatchInlineSnapshot(`
    "$ mlv help
    mlv: git-native experiment tracking and model versioning

    usage: mlv [-C <dir>] <command> [<arguments>]

    record runs
      init          Set mlv up in a git repository
      run           Run a command and record it while it runs
      commit        Record a run and the model it made
      sweep         Try the values of a space, several at a time
      log-metric    Log a point of a metric into a running run
      log-param     Log a parameter of a running run
      log-artifact  Log a file or folder of a running run
      note          Name, tag, annotate or archive a run

    look at them
      ls            List runs
      show          Show one run or version
      ui            Look at runs and models in a browser
      site          Write runs and models as pages that need no server
      plot          Draw a metric of runs in the terminal
      importance    Measure which parameters count for a metric
      diff          Compare two runs or versions
      why           Split a change of metrics by its causes
      lineage       Show what a run or version came of, and what came of it
      bisect        Find the commit that made a metric worse
      top           Watch the runs that are at work
      tail          Show what a run prints and logs
      sql           Ask the runs in SQL
      export        Write runs as CSV, JSON Lines or Parquet
      log           Show what was done, newest first

    move models
      models        List models, or the versions of one
      board         Rank the models in production
      blame         Show which version last moved each metric
      card          Hold numbers in documents against the record
      promote       Make an alias name a version
      rollback      Move an alias back to what it named before
      retire        Mark a version as no longer to be used
      revert        Undo one operation

    review a change of them
      pr            Report what a change did to the models
      gate          Check that a change keeps its limits
      check         Check that a promotion may be merged
      audit         Tell who promoted what, and check that nothing was edited

    bring them back
      checkout      Put the files of a version in place
      rerun         Run a recorded run again, and verify it

    share
      sync          Pull, then push
      push          Send what was recorded here to a remote
      pull          Take in what others recorded
      fetch         Look at what others recorded, changing nothing
      clone         Get the records of a repository, without its code
      get           Get files of a version without a clone
      bundle        Write the branch and artifacts into one file
      unbundle      Take in what a bundle holds
      store         Show or change where large files are
      remote        Trust the servers a repository names

    look after it
      status        Show where this clone stands
      gc            Set aside large files that no record names
      estimate      Measure what a compact store would keep
      cache         Show and trim the cache of this machine
      fsck          Verify every record, pointer and object
      doctor        Check what mlv needs from this machine
      completion    Print a completion script for a shell
      help          Show help for mlv or one command

    begin: 'mlv init', then 'mlv run -- python train.py', then 'mlv ls'
    'mlv help <command>' explains one of them. 'mlv --version' tells the version.
    [exit 0]
    "
  `)
})

test('the help of one command', async () => {
  expect(await transcript(['help', 'checkout'])).toMatchInlineSnapshot(`
    "$ mlv help checkout
    mlv checkout: Put the files of a version in place

    usage: mlv checkout [options] <model@version>

    Files that are not in this clone are fetched from where they are shared.
    All files or none: each is verified against its digest before any takes its place. Files with local changes are
    never overwritten without --force. Your branch and index stay as they are.
    With --worktree the code comes too, as it was on the disk, uncommitted files and line ends included, in a folder
    of its own; a run such as @ has code alone.

    arguments
      <model@version>  such as churn@v12, churn@production or churn@production~1; or a run

    options
      --to <dir>        put the files into this folder, not at their recorded paths
      --force           overwrite files with local changes
      --worktree <dir>  add the code as a git worktree at a new or empty folder, byte for byte
      --at <when>       read the branch as it was at a date or commit

    options of every command
      --json              print one JSON document, described by schemas/cli-<command>.schema.json
      -C, --folder <dir>  work as if started in this folder
      --no-color          print without colour, as with NO_COLOR set or when not on a terminal

    examples
      mlv checkout churn@production
          the files of the version in production, at their recorded paths
      mlv checkout churn@v12 --to served
          into a folder of their own
      mlv checkout churn@v12 --worktree ../churn-v12
          code and model as they were
    [exit 0]
    "
  `)
})

describe.each(commands.map((command) => [command.name, command] as const))('mlv %s', (name, command) => {
  test('--help says the same as mlv help', async () => {
    const [direct, helped] = [fakeWorld(), fakeWorld()]
    expect(await run(direct, [name, '--help'])).toBe(0)
    expect(await run(helped, ['help', name])).toBe(0)
    expect(direct.output()).toBe(helped.output())
  })

  test('is in the table of verbs with its own summary', () => {
    expect(VERBS.find((verb) => verb.name === name)?.summary).toBe(command.summary)
  })

  test('has at least two examples, each of which it understands', () => {
    expect(command.examples.length).toBeGreaterThanOrEqual(2)
    for (const { line } of command.examples) {
      const words = shellWords(line)
      const start = words.indexOf(name)
      expect(start, line).toBeGreaterThan(0)
      expect(parseCommandLine(command, words.slice(start + 1)).kind).toBe('run')
    }
  })

  test('prints help no wider than 120 columns', async () => {
    const world = fakeWorld()
    await run(world, ['help', name])
    for (const line of world.output().split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(120)
  })

  test('describes every option in lower case without a full stop', () => {
    for (const { description } of [...command.options, ...command.arguments]) {
      expect(description).toMatch(/^[^A-Z].*[^.]$|^YAML/)
    }
  })
})

/** Splits an example as a shell would: quotes, and nothing after a redirection or a closing parenthesis. */
function shellWords(line: string): readonly string[] {
  const command = line.replace(/^source <\((.*)\)$/, '$1').replace(/ > .*$/, '')
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
