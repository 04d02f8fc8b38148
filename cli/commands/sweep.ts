/**
 * `mlv sweep`: tries the values of a space, several at a time.
 */
import { anyNumber, choice, count, flag, required, text } from '../option.ts'
import { defineCommand } from '../command.ts'
import { sweepSpace } from '../sweep-space.ts'

/** The command. */
export const sweepCommand = defineCommand({
  name: 'sweep',
  summary: 'Try the values of a space, several at a time',
  details: [
    'The file names parameters with a list of values, or {min, max, scale: log, steps}; method grid or random with',
    'trials and seed; the command, whose {key} becomes the value; metric and goal for the best. See docs/reproduce.md.',
    'Each trial is a run of one group, recorded the moment it ends, and the whole sweep is one commit. After a kill,',
    '--resume goes on: trials that ended are not run again. With several workers each has the code in a worktree of',
    'its own. mlv is no scheduler: for many machines --print writes the line that gives them their trials.',
  ],
  arguments: {
    file: required('file', 'the sweep, in YAML'),
    command: anyNumber('command', 'the program and its arguments; those of the file when absent'),
  },
  options: {
    workers: count('-w, --workers <count>', 'how many trials at a time'),
    resume: flag('--resume', 'go on with a sweep that was broken off'),
    trial: count('--trial <number>', 'run this one trial, as a task of a job array does'),
    print: choice('--print <scheduler>', 'print how to run it on many machines, and run nothing', [
      'none',
      'slurm',
      'ray',
    ]),
    message: text('-m, --message <text>', 'one line on what the sweep is for'),
    allowSecrets: flag('--allow-secrets', 'snapshot uncommitted code even where it looks like a secret'),
  },
  examples: [
    { line: 'mlv sweep lr.yaml --workers 4', does: 'four trials at a time' },
    { line: 'mlv sweep lr.yaml --resume', does: 'go on after a kill' },
    { line: 'mlv sweep lr.yaml --print slurm', does: 'the job array for a cluster' },
  ],
  run: (session, { file, command }, options) => sweepSpace(session, { ...options, file, command }),
})
