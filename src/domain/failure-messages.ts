/**
 * The words of every refusal: what is wrong, then why. The next command to type belongs to the command line.
 *
 * Messages name the subject in single quotes, escape what cannot be seen, and carry no full stop.
 */
import { printable, quoted, quotedList } from '../base/printable.ts'
import type { FailureCode, FailureData, FailureMessage, Place } from './failure-data.ts'
import { filterMessage } from './filter-message.ts'
import { importanceMessage } from './importance-message.ts'
import { sharingMessages } from './sharing-messages.ts'

/** One writer a code: a code without words does not compile. */
export const messages: { readonly [Code in FailureCode]: (data: FailureData[Code]) => FailureMessage } = {
  ...sharingMessages,

  // What was typed.
  'usage-invalid': ({ problem }) => ({
    what: problem,
    why: 'the command line was not understood, so nothing was done',
  }),
  'argument-option-like': ({ argument, expected }) => ({
    what: `${quoted(argument)} looks like an option, not ${expected}`,
    why: 'a value that starts with a dash could be read as an option by git',
  }),
  'name-invalid': ({ kind, text, rule }) => ({ what: `${quoted(text)} is not a valid ${kind} name`, why: rule }),
  'name-taken': ({ kind, text, existing }) => ({
    what: `${kind} ${quoted(text)} collides with ${quoted(existing)}`,
    why: 'names are unique without regard to case, because some file systems ignore it',
  }),
  'revision-invalid': ({ text, problem }) => ({ what: `${quoted(text)} is not a revision`, why: problem }),
  'filter-invalid': filterMessage,
  'sql-invalid': ({ problem }) => ({
    what: `the question in SQL was not answered: ${problem}`,
    why: 'SQLite answers one SELECT over the tables of the runs, and changes nothing',
  }),
  'ref-name-invalid': ({ text, rule }) => ({ what: `${quoted(text)} is not a valid ref name`, why: rule }),
  'digest-invalid': ({ text }) => ({
    what: `${quoted(text)} is not a SHA-256 digest`,
    why: 'a digest is 64 lower-case hex digits',
  }),
  'instant-invalid': ({ text, isTooOld }) => ({
    what:
      isTooOld === true ? `no record is as old as ${quoted(text)}` : `${quoted(text)} is neither a date nor a commit`,
    why: isTooOld === true ? 'the branch was begun later' : 'a date is written 2026-11-20 or 2026-11-20T09:30:00Z',
  }),

  // What was asked for and is not there.
  'repository-not-found': ({ folder }) => ({
    what: `no git repository at ${quoted(folder)} or above it`,
    why: 'mlv keeps its records in a git repository',
  }),
  'branch-not-found': ({ ref }) => ({
    what: `this repository has no branch ${quoted(ref)}`,
    why: 'mlv has not been set up here, or its branch was not fetched',
  }),
  'run-not-found': ({ text, closest }) => ({ what: `no run matches ${quoted(text)}`, why: closestOf(closest, 'runs') }),
  'commit-not-found': ({ text }) => ({
    what: `this clone has no commit ${quoted(text)}`,
    why: 'it is no branch, tag or commit that git knows here; a shallow clone lacks what it never fetched',
  }),
  'run-not-live': ({ text, problem }) => ({
    what: text === undefined ? 'there is no run to log to' : `${quoted(text)} is not a run that is being written`,
    why: problem,
  }),
  'model-not-found': ({ text, closest }) => ({
    what: `no model is called ${quoted(text)}`,
    why: closestOf(closest, 'models'),
  }),
  'version-not-found': ({ model, text, closest }) => ({
    what: `model ${quoted(model)} has no version ${quoted(text)}`,
    why: closestOf(closest, 'versions'),
  }),
  'alias-not-found': ({ model, text, closest }) => ({
    what: `model ${quoted(model)} has no alias ${quoted(text)}`,
    why: closestOf(closest, 'aliases'),
  }),
  'operation-not-found': ({ text }) => ({
    what: `no operation matches ${quoted(text)}`,
    why: "an operation is named by the id or the commit that 'mlv log' shows",
  }),
  'revision-ambiguous': ({ text, matches }) => ({
    what: `${quoted(text)} could be ${matches.length} things`,
    why: `it matches ${quotedList(matches)}`,
  }),
  'metric-not-found': ({ text, closest }) => ({
    what: `no metric is called ${quoted(text)}`,
    why: closestOf(closest, 'metrics'),
  }),
  'importance-unknown': importanceMessage,
  'file-not-found': ({ file, wanted }) => ({
    what: `${wanted} ${quoted(file)} does not exist`,
    why: missingWhy(wanted),
  }),
  'glob-unmatched': ({ glob, folder }) => ({
    what: `nothing matches ${quoted(glob)} in ${quoted(folder)}`,
    why: 'an artifact that was asked for and is absent would be a silent gap in the record',
  }),
  'nothing-to-record': ({ lookedFor }) => ({
    what: 'there is nothing to record',
    why: `looked for ${quotedList(lookedFor)}`,
  }),
  'command-foreign': ({ run, by, command }) => ({
    what: `run ${quoted(run)} was recorded by ${quoted(by)}, not by you; it would run ${quoted(command.join(' '))}`,
    why: 'that command and the code of the run would run as you, with your files and credentials; nothing was run',
  }),
  'command-unknown': ({ run }) => ({
    what: `run ${quoted(run)} cannot be repeated: its command is not recorded`,
    why: 'it was recorded after the fact, and mlv did not see what was run',
  }),
  'command-not-found': ({ command }) => ({
    what: `there is no program ${quoted(command)}`,
    why: 'it is no file and not on the search path, so nothing was run and nothing recorded',
  }),
  'command-not-executable': ({ command, file }) => ({
    what: `${quoted(command)} cannot be executed`,
    why: `${quoted(file)} is a folder, or a file without the permission, so nothing was run and nothing recorded`,
  }),
  'rollback-exhausted': ({ model, alias }) => ({
    what: `alias ${quoted(alias)} of ${quoted(model)} has no earlier version to go back to`,
    why: 'nothing is recorded before the version it names now, or the alias was removed in between',
  }),

  // Input that is unsafe or damaged.
  'path-escape': ({ path }) => ({
    what: `${quoted(path)} leaves the model folder`,
    why: 'a checkout writes only below the folder it was given',
  }),
  'path-absolute': ({ path }) => ({
    what: `${quoted(path)} is not a relative path`,
    why: 'the files of a version are placed below a folder, on any machine',
  }),
  'path-git-control': ({ path }) => ({
    what: `${quoted(path)} is a git control path`,
    why: 'git would act on such a file in whichever repository it lands in',
  }),
  'path-not-portable': ({ path, reason }) => ({ what: `${quoted(path)} cannot exist on Windows`, why: reason }),
  'path-hidden-character': ({ path, position }) => ({
    what: `${quoted(path)} has a hidden character at ${position}`,
    why: 'what cannot be seen cannot be reviewed',
  }),
  'path-collision': ({ first, second }) => ({
    what: `${quoted(first)} and ${quoted(second)} collide on macOS and Windows`,
    why: 'both names reach the same file where case or Unicode form is ignored',
  }),
  'path-not-a-file': ({ path, found }) => ({
    what: `${quoted(path)} is ${found}; models hold only files`,
    why: 'links and special files would act outside the folder they are in',
  }),
  'destination-symlink': ({ path, target }) => ({
    what: `${quoted(path)} in the destination is a symbolic link to ${quoted(target)}`,
    why: 'writing through a link would write outside the destination',
  }),
  'destination-occupied': ({ path, found }) => ({
    what: `${quoted(path)} in the destination is ${found}`,
    why: 'only regular files are replaced',
  }),
  'destination-changed': ({ paths }) => ({
    what: `${countOf(paths.length, 'file')} in the destination would lose local changes`,
    why: `changed here: ${quotedList(paths)}`,
  }),
  'site-occupied': ({ path, found }) => ({
    what: `${quoted(path)} is ${found}`,
    why: 'only a site that mlv wrote is replaced by another, so that nothing else is lost',
  }),
  'output-invalid': ({ path, folder, found }) => ({
    what: `${quoted(path)} cannot be written`,
    why: found === 'no folder' ? `there is no folder ${quoted(folder)}` : 'it is a folder, and a file is to be written',
  }),
  'input-symlink': ({ path, target }) => ({
    what: `${quoted(path)} is a symbolic link to ${quoted(target)}, outside the named folder`,
    why: 'what a link leads to may change without the record knowing',
  }),
  'input-changing': ({ path }) => ({
    what: `${quoted(path)} keeps changing while it is read`,
    why: 'half of one state and half of another would be recorded as one file',
  }),
  'limit-exceeded': ({ what, actual, limit }) => ({
    what: `${what} is ${actual}, limit ${limit}`,
    why: 'a bound keeps hostile or mistaken input from filling the machine',
  }),
  'size-mismatch': ({ path, expected, actual }) => ({
    what: `${quoted(path)} has ${actual} bytes, recorded were ${expected}`,
    why: 'the bytes are not the ones that were recorded',
  }),
  'digest-mismatch': ({ path, expected, actual }) => ({
    what: `${quoted(path)} has digest ${actual}, recorded was ${expected}`,
    why: 'the bytes are not the ones that were recorded',
  }),
  'object-missing': ({ what, id }) => ({
    what: `${what} ${quoted(id)} is not on this machine`,
    why: 'it was recorded, but its bytes are not in any store this clone can read',
  }),
  'object-damaged': ({ what, id, problem }) => ({
    what: `${what} ${quoted(id)} is damaged: ${problem}`,
    why: 'its bytes no longer match its name',
  }),
  'ref-damaged': ({ ref, content }) => ({
    what: `ref ${quoted(ref)} holds ${quoted(content)}`,
    why: 'a ref holds one object id and nothing else',
  }),
  'history-vanished': ({ ref, lastSeen }) => ({
    what: `ref ${quoted(ref)} is gone but was at ${lastSeen}`,
    why: 'starting it anew would cut off every record made before',
  }),
  'tree-invalid': ({ tree, problem }) => ({
    what: `tree ${tree} ${problem}`,
    why: 'git itself would refuse such a tree, and tools disagree on what it holds',
  }),
  'document-malformed': ({ place, problem }) => ({
    what: `${placeOf(place)}: ${problem}`,
    why: 'a file that is only half understood is not recorded',
  }),
  'document-feature': ({ place, feature }) => ({
    what: `${placeOf(place)}: ${feature} ${verbFor(feature)} not accepted`,
    why: 'they let a small file expand without bound or mean different things to different readers',
  }),
  'document-too-deep': ({ place, limit }) => ({
    what: `${placeOf(place)}: nested deeper than ${limit}`,
    why: 'no parameter file needs it, and deep nesting is a way to exhaust a reader',
  }),
  'key-duplicate': ({ place, key }) => ({
    what: `${placeOf(place)}: key ${quoted(key)} appears twice`,
    why: 'readers disagree on which of the two counts',
  }),
  'key-reserved': ({ place, key }) => ({
    what: `${placeOf(place)}: key ${quoted(key)} is reserved`,
    why: 'it names a built-in of a language that may read this file',
  }),
  'key-conflict': ({ key, other, file }) => ({
    what: `${quoted(file)} has both ${quoted(key)} and ${quoted(other)}`,
    why: 'both become the same dotted key',
  }),
  'number-not-exact': ({ place, text }) => ({
    what: `${placeOf(place)}: ${printable(text)} cannot be kept exactly; quote it`,
    why: 'a number that changes on the way into the record is a wrong record',
  }),
  'format-newer': ({ file, found, supported }) => ({
    what: `${quoted(file)} has format ${found}, this mlv reads up to ${supported}`,
    why: 'it was written by a newer mlv, and half reading it would lose what is new',
  }),
  'metric-not-finite': ({ metric, value, goal }) => ({
    what: `metric ${quoted(metric)} is ${value}, but its goal is ${goal}`,
    why: 'a value that is not a number can be neither better nor worse',
  }),
  'metric-not-number': ({ metric, found, file }) => ({
    what: `metric ${quoted(metric)} in ${quoted(file)} is ${found}, not a number`,
    why: 'metrics are compared, so each must be a number',
  }),
  'secret-found': ({ file, line, kind }) => ({
    what: `${quoted(file)} line ${line} looks like ${kind}`,
    why: 'a snapshot of uncommitted code would put it into git history',
  }),
  'snapshot-too-large': ({ sizeBytes, limitBytes, largest }) => ({
    what: `uncommitted files add up to ${sizeBytes} bytes, limit ${limitBytes}`,
    why: `the largest are ${quotedList(largest)}`,
  }),
  'bundle-invalid': ({ file, problem }) => ({
    what: `${quoted(file)} is no whole bundle: ${problem}`,
    why: 'all of a bundle is verified before any of it is taken in',
  }),
  'bundle-incomplete': ({ file, missing }) => ({
    what: `${quoted(file)} goes on from ${countOf(missing.length, 'commit')} that this repository does not have`,
    why: `it was made without what an earlier bundle holds: ${quotedList(missing)}`,
  }),
  'journal-damaged': ({ file, problem }) => ({
    what: `journal ${quoted(file)} is damaged: ${problem}`,
    why: 'a frame before the end does not match its checksum',
  }),

  // Conflicts and locks.
  'dataset-changed': ({ uri, recorded, found }) => ({
    what: `dataset ${quoted(uri)} is not the one that was recorded`,
    why: `it was ${printable(recorded)} and is ${printable(found)}`,
  }),
  'sweep-begun': ({ group, ended, trials }) => ({
    what: `sweep ${quoted(group)} was begun and broken off: ${ended} of ${trials} trials are waiting`,
    why: 'beginning anew would run them twice',
  }),
  'already-initialized': ({ ref }) => ({
    what: `mlv is already set up here: branch ${quoted(ref)} exists`,
    why: 'setting it up twice would start a second history',
  }),
  'run-live': ({ run }) => ({
    what: `run ${quoted(run)} still runs`,
    why: 'a run is taken up again when all its processes have ended',
  }),
  'port-taken': ({ port }) => ({
    what: `port ${port} cannot be answered on`,
    why: 'another program of this machine has it, or only the administrator may',
  }),
  'lock-timeout': ({ file, owner, waitedMs }) => ({
    what: `another mlv command has held ${quoted(file)} for more than ${Math.round(waitedMs / 1000)} s`,
    why: `its owner is ${printable(owner)}`,
  }),
  'ref-locked': ({ file, ageMs }) => ({
    what: `${quoted(file)} was left by another program ${Math.round(ageMs / 1000)} s ago`,
    why: 'git will not move the ref while it exists, and mlv did not make it',
  }),
  'branch-moved': ({ ref }) => ({
    what: `${quoted(ref)} was moved by another program during this operation`,
    why: 'writing over it would lose what it holds now',
  }),
  'branch-checked-out': ({ ref, worktree }) => ({
    what: `${quoted(ref)} is checked out in ${quoted(worktree)}`,
    why: 'moving it would make the next commit there delete what was added',
  }),
  'ref-name-conflict': ({ ref, existing }) => ({
    what: `${quoted(ref)} cannot be made beside ${quoted(existing)}`,
    why: 'git keeps refs as files, so one ref cannot be a folder of another, nor differ only in case',
  }),
  'revert-conflict': ({ operation, path, newer }) => ({
    what: `${quoted(path)} was changed again after operation ${operation}`,
    why: `reverting it would also undo ${newer}`,
  }),
  'revert-record': ({ operation, path }) => ({
    what: `operation ${quoted(operation)} added the record ${quoted(path)}`,
    why: 'records are never taken back, so that nothing that was once reported can vanish',
  }),
  'version-in-use': ({ model, version, alias }) => ({
    what: `${quoted(model)} ${version} is what alias ${quoted(alias)} names`,
    why: 'retiring it would leave the alias on a version nobody should use',
  }),
  'version-retired': ({ model, version, reason }) => ({
    what: `${quoted(model)} ${version} is retired`,
    why: `the reason given was ${quoted(reason)}`,
  }),

  // The machine and the repository it was given.
  'repository-format': ({ extension, needs }) => ({
    what: `this repository uses ${printable(extension)}`,
    why: `reading it needs ${needs}`,
  }),
  'repository-owner': ({ folder, owner }) => ({
    what: `repository ${quoted(folder)} is owned by ${printable(owner)}`,
    why: 'its configuration could run commands as you',
  }),
  'repository-read-only': ({ folder }) => ({
    what: `repository ${quoted(folder)} is read-only`,
    why: 'recording needs to write below its git folder',
  }),
  'identity-missing': ({ missing }) => ({
    what: `git does not know who you are: ${missing} is not set`,
    why: 'every operation records who made it',
  }),
  'git-missing': ({ purpose }) => ({ what: 'no git program was found', why: `it is needed to ${purpose}` }),
  'git-failed': ({ command, exitCode, stderr }) => ({
    what: `'git ${printable(command)}' failed with exit code ${exitCode}`,
    why: `git said ${quoted(stderr)}`,
  }),
  'environment-not-restored': ({ tool, command, exitCode }) => ({
    what: `${tool} could not restore the recorded packages`,
    why: `'${printable(command)}' ended with exit code ${exitCode}`,
  }),
  'disk-full': ({ path }) => ({
    what: `the disk is full writing ${quoted(path)}`,
    why: 'nothing was recorded, and what was written so far is removed',
  }),
  'disk-failed': ({ path, errno, operation }) => ({
    what: `${operation} of ${quoted(path)} failed with ${errno}`,
    why: 'the operating system reports an error of the disk or file system',
  }),
  'too-many-open-files': ({ path }) => ({
    what: `too many open files at ${quoted(path)}`,
    why: 'the limit of this process or machine is reached',
  }),
  'permission-denied': ({ path, operation }) => ({
    what: `${operation} of ${quoted(path)} is not permitted`,
    why: 'the file or its folder belongs to someone else or is read-only',
  }),
}

/** What is recorded was named by a revision, and never by a file that can be created. */
function missingWhy(wanted: string): string {
  if (/^(?:a )?(?:file|tensor) of /.test(wanted)) return 'no file or tensor of that name is recorded there'
  if (wanted === 'recorded dataset') return 'the run read it from there, and it is neither there nor in a store'
  if (wanted === 'document') return 'it was named on the command line, or is looked at when nothing is named'
  return 'it was named on the command line or in mlv.yaml'
}

function closestOf(closest: readonly string[], kind: string): string {
  return closest.length === 0
    ? `there are no ${kind} with a similar name`
    : `the closest ${kind} are ${quotedList(closest)}`
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

function placeOf(place: Place): string {
  const line = place.line === undefined ? '' : `:${place.line}${place.column === undefined ? '' : `:${place.column}`}`
  return `${printable(place.file)}${line}`
}

function verbFor(feature: string): string {
  return feature.endsWith('s') ? 'are' : 'is'
}
