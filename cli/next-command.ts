/**
 * What to type after a refusal. It belongs to the command line because only the command line knows its commands.
 */
import type { FailureDetail } from '../src/domain/failure.ts'
import type { FailureCode, FailureData, Place } from '../src/domain/failure-data.ts'
import { shellQuoted } from './format/shell-quoted.ts'

type NextText<Code extends FailureCode> = (data: FailureData[Code], verb: string | undefined) => string

/** One hint a code: a command in single quotes where one helps, else what to do. One missing does not compile. */
const nextTexts: { readonly [Code in FailureCode]: NextText<Code> } = {
  // What was typed.
  'usage-invalid': (_, verb) => {
    const isAboutVerbs = verb === undefined || verb === 'help'
    return isAboutVerbs ? "run 'mlv help' for all commands" : `run 'mlv help ${verb}' for what it accepts`
  },
  'argument-option-like': () => "name it without the dash; a file called '-x' can be written './-x'",
  'name-invalid': ({ kind }) => `choose another ${kind} name`,
  'name-taken': ({ existing }) => `use ${shellQuoted(existing)}, or a name that differs in more than case`,
  'revision-invalid': () => "run 'mlv ls' for runs and 'mlv models' for versions",
  'filter-invalid': () => "run 'mlv help ls' for how filters are written",
  'sql-invalid': () => "run 'mlv help sql' for the tables and their columns",
  'ref-name-invalid': () => 'choose another name',
  'digest-invalid': () => "run 'mlv show REVISION --json' to copy a digest whole",
  'instant-invalid': () => "run 'mlv log' for the commits of the past",

  // What was asked for and is not there.
  'repository-not-found': () => "run 'git init' here, or name a repository with 'mlv -C DIR'",
  'branch-not-found': () => "run 'mlv fetch' when others have set it up, else 'mlv init'",
  'run-not-found': ({ closest }) => showOr(closest[0], "run 'mlv ls' for the runs there are"),
  'run-not-live': () => "start it with 'mlv run -- COMMAND', or name a run with --run; 'mlv status' lists those open",
  'model-not-found': ({ closest }) => {
    return closest[0] === undefined
      ? "run 'mlv models' for the models there are"
      : `run 'mlv models ${shellQuoted(closest[0])}'`
  },
  'version-not-found': ({ model }) => `run 'mlv models ${shellQuoted(model)}' for its versions`,
  'alias-not-found': ({ model }) => `run 'mlv models ${shellQuoted(model)}' for its aliases`,
  'operation-not-found': () => "run 'mlv log' for the operations there are",
  'revision-ambiguous': ({ matches }) => showOr(matches[0], 'name more characters of it'),
  'metric-not-found': () => "run 'mlv show @' for the metrics of the newest run",
  'importance-unknown': () => "record more runs, such as by 'mlv sweep', or widen --filter",
  'file-not-found': ({ file, wanted }, verb) => missingFileText(file, wanted, verb),
  'glob-unmatched': ({ glob }) => `write the files first, or take ${shellQuoted(glob)} out`,
  'nothing-to-record': () => "run 'mlv commit --param lr=0.1 --metric loss=0.3', or name files in mlv.yaml",
  'command-foreign': ({ run }) =>
    `read its code with 'mlv checkout ${shellQuoted(run)} --worktree DIR', then repeat with --allow-foreign`,
  'command-unknown': () => "record it with 'mlv run -- COMMAND', and that run can be repeated",
  'remote-not-found': ({ text, known }) => {
    return known[0] === undefined
      ? `run 'git remote add ${shellQuoted(text)} URL'`
      : `run 'git remote' for the remotes there are`
  },
  'command-not-found': () => "check its spelling; a program in this folder is written './NAME'",
  'command-not-executable': ({ file }) => `run 'chmod +x ${shellQuoted(file)}', or name the program that reads it`,
  'rollback-exhausted': ({ model, alias }) => {
    return `run 'mlv promote ${shellQuoted(model)}@VERSION ${shellQuoted(alias)}' to name another version`
  },

  // Input that is unsafe or damaged.
  'path-escape': () => 'move the file below the folder that is recorded',
  'path-absolute': () => 'write the path relative to the repository',
  'path-git-control': () => 'leave the file out, or rename it',
  'path-not-portable': () => 'rename the file',
  'path-hidden-character': () => 'rename the file with characters that can be seen',
  'path-collision': () => 'rename one of the two',
  'path-not-a-file': () => 'replace it by a copy of what it leads to',
  'destination-symlink': ({ path }, verb) => {
    if (verb === 'card') return `name the file that ${shellQuoted(path)} leads to, or replace the link by a copy of it`
    return `remove ${shellQuoted(path)}, or choose another folder with --to DIR`
  },
  'destination-occupied': ({ path, found }, verb) => {
    if (verb === 'clone') return `remove ${shellQuoted(path)}, or name another folder: mlv clone URL DIR`
    // Only a worktree for code wants its folder empty.
    const option = verb === 'rerun' || found === 'not empty' ? '--worktree' : '--to'
    return `remove ${shellQuoted(path)}, or choose another folder with ${option} DIR`
  },
  'destination-changed': () => 'record or move these files, or repeat the command with --force to lose the changes',
  'site-occupied': ({ path }) => `remove ${shellQuoted(path)}, or name another place: mlv site --output DIR`,
  'output-invalid': ({ folder, found }, verb) => {
    if (found === 'no folder') return `mkdir -p ${shellQuoted(folder)}, then repeat the command`
    return `name a file: mlv ${verb ?? 'export'} --output FILE`
  },
  'input-symlink': ({ path }) => `replace ${shellQuoted(path)} by a copy, or name the folder it leads to`,
  'input-changing': () => 'repeat the command when whatever writes it has ended',
  'limit-exceeded': () => 'split it, or leave part of it out',
  'size-mismatch': () => "run 'mlv fsck' to find another copy",
  'digest-mismatch': () => "run 'mlv fsck' to find another copy",
  'object-missing': ({ what }, verb) => {
    if (verb === 'push') return "run 'mlv fsck', or push the rest with 'mlv push --incomplete'"
    return isOfCode(what)
      ? "run 'mlv push' in the clone where it was recorded; where mlv.yaml says 'code: {push: none}' it stays there"
      : "run 'mlv fetch', or run the command where it was recorded"
  },
  'object-damaged': () => "run 'mlv fsck' to find another copy",
  'ref-damaged': ({ ref }) => `run 'git reflog ${shellQuoted(ref)}' for where it was`,
  'history-vanished': ({ ref, lastSeen }) => {
    return `run 'git update-ref ${shellQuoted(ref)} ${shellQuoted(lastSeen)}' to bring it back`
  },
  'tree-invalid': () => "run 'git fsck --full --strict' to see what else is wrong",
  'document-malformed': ({ place }) => `correct ${placeText(place)}`,
  'document-feature': ({ place }) => `write it out in full at ${placeText(place)}`,
  'document-too-deep': ({ place }) => `flatten ${shellQuoted(place.file)}`,
  'key-duplicate': ({ place }) => `remove one of the two at ${placeText(place)}`,
  'key-reserved': ({ place }) => `rename it at ${placeText(place)}`,
  'key-conflict': ({ file }) => `rename one of the two in ${shellQuoted(file)}`,
  'number-not-exact': ({ place }) => `put quotes around it at ${placeText(place)}`,
  'format-newer': () => 'install the newest mlv',
  'metric-not-finite': () => 'look into the training; to record it all the same, take away the goal in mlv.yaml',
  'metric-not-number': ({ file }) => `correct ${shellQuoted(file)}`,
  'secret-found': ({ file }) => {
    return `remove it, add ${shellQuoted(file)} to .gitignore, or repeat with --allow-secrets if it is none`
  },
  'snapshot-too-large': () => 'add large files to .gitignore, or raise the bound with --code-limit SIZE',
  'remote-url-invalid': () => "run 'git remote -v' to see the URLs of this repository",
  'lfs-response-invalid': () => "run 'git lfs env' to see which LFS server is used",
  'store-address-invalid': () => "write it like 'dir:/mnt/team/models' or 's3://bucket/prefix?region=eu-central-1'",
  'store-host-untrusted': ({ host }, verb) => {
    return verb === 'get'
      ? `set AWS_ENDPOINT_URL_S3=${shellQuoted(host)} if you know that server`
      : "run 'mlv remote trust' if you know that server"
  },
  'commit-not-found': () => 'git fetch --all',
  'version-unpublished': ({ remote }) => `mlv push ${shellQuoted(remote)}`,
  'forge-token-missing': ({ forge }) => {
    const name = { github: 'GITHUB_TOKEN', gitlab: 'GITLAB_TOKEN', gitea: 'FORGEJO_TOKEN' }[forge]
    return `give the job ${name}, or write 'mlv pr report --format json' to a file for a job that has one`
  },
  'store-not-found': () => 'mount the disk, then run the same command again',
  'lfs-host-untrusted': ({ remote }) => `run 'mlv remote trust ${shellQuoted(remote)}' if you know that server`,
  'address-private': ({ host }) => `run 'mlv remote trust --host ${shellQuoted(host)}' if you know that server`,
  'store-unlisted': () => "push from every repository that uses it, then 'mlv gc --remote --list-is-complete'",
  'store-in-use': () => 'wait for it to end, then repeat the command',
  'store-repository-untrusted': ({ url }) => `run 'mlv store trust ${shellQuoted(url)}' if you know that repository`,
  'store-repository-unread': ({ url }) => {
    return `repeat it when that can be read; if it is gone for good, run 'mlv store forget ${shellQuoted(url)}'`
  },
  'host-limit-exceeded': () =>
    "run 'mlv store use ADDRESS' for a folder or bucket, or 'git config mlv.maxObjectSize 5GB' if the host takes it",
  'credential-invalid': () => "run 'git remote -v' and look for a URL with %0a in it",
  'bundle-invalid': () => 'have it copied or made again; nothing was changed',
  'bundle-incomplete': () => 'take in the bundle before it first, or have one made without --since',
  'journal-damaged': ({ file }) => `move ${shellQuoted(file)} away, then run 'mlv commit --recover'`,

  // Conflicts and locks.
  'dataset-changed': () => 'put it back, or repeat with --allow-changed-data; with --verify it is told as a cause',
  'sweep-begun': () => "repeat with --resume, or run 'mlv commit --recover' to record what ended and begin anew",
  'already-initialized': () => "run 'mlv status' to see what is here",
  'run-live': () => "wait for it, or run 'mlv status' to see what runs",
  'port-taken': () => "run 'mlv ui' without --port, and any that is free is taken",
  'lock-timeout': () => 'wait for it to end, then repeat the command',
  'ref-locked': ({ file }) => `make sure no git command is running, then 'rm ${shellQuoted(file)}'`,
  'branch-moved': () => 'repeat the command',
  'push-refused': () => 'ask whoever looks after the repository, then repeat the command',
  'push-contended': () => 'repeat the command',
  'remote-rewound': ({ remote, ref }) => {
    const branch = ref.replace(/^refs\/heads\//, '')
    const refspec = `+${branch}:refs/remotes/${remote}/${branch}`
    return `ask who did it; to take theirs as the base, run 'git fetch ${shellQuoted(remote)} ${shellQuoted(refspec)}'`
  },
  'settings-differ': () => "record the runs again in a clone of the remote, or ask who ran 'mlv init' there",
  'branch-checked-out': ({ worktree }) => {
    return `run 'git -C ${shellQuoted(worktree)} switch --detach', then 'mlv commit --recover'`
  },
  'ref-name-conflict': ({ existing }) => `rename or delete ${shellQuoted(existing)}`,
  'revert-conflict': () => "run 'mlv log' and revert the newer operation first, or use 'mlv rollback MODEL --to vN'",
  'revert-record': () => "run 'mlv retire' for a version, or 'mlv note --archive' for a run",
  'version-in-use': ({ model, alias }) => {
    return `run 'mlv promote ${shellQuoted(model)}@VERSION ${shellQuoted(alias)}' with another version first`
  },
  'version-retired': ({ model }) => `run 'mlv models ${shellQuoted(model)}' for versions that are not`,

  // The machine and the repository it was given.
  'repository-format': ({ needs }) => `use ${needs}`,
  'repository-owner': ({ folder }) => {
    return `if you trust it, run 'git config --global --add safe.directory ${shellQuoted(folder)}'`
  },
  'repository-read-only': () => 'mount it for writing, or work in a clone',
  'identity-missing': () => `run 'git config user.name "Your Name"' and 'git config user.email you@example.com'`,
  'git-missing': () => 'install git 2.34 or newer',
  'git-failed': () => "run 'mlv doctor' to check git and the repository",
  'environment-not-restored': ({ tool }) => `see what ${tool} printed, or repeat without --restore-environment`,
  'disk-full': () => 'free some space, then repeat the command',
  'disk-failed': () => "check the disk, then run 'mlv fsck'",
  'too-many-open-files': () => "raise the limit with 'ulimit -n 4096', then repeat the command",
  'remote-unreachable': ({ url }, verb) => {
    if (verb === 'get') return `check the address, or try again when ${url} answers`
    return verb === 'rerun' || verb === 'checkout'
      ? "repeat it when the remote answers; 'mlv pull --artifacts --code' brings beforehand what it needs"
      : 'try again when the network is back; what is recorded waits'
  },
  'remote-refused': () => 'ask who keeps that server, or try again later; what is recorded waits',
  'permission-denied': ({ path }) => `run 'ls -ld ${shellQuoted(path)}' to see who may`,
}

/** A recorded thing cannot be created: what is recorded can be shown. */
function missingFileText(file: string, wanted: string, verb: string | undefined): string {
  const [, recorded] = /^(?:a )?(?:file|tensor) of (?:run )?(.+)$/.exec(wanted) ?? []
  if (recorded !== undefined && verb === 'get')
    return `repeat it with a name that ${recorded} has, or without one for all`
  if (recorded !== undefined) return `run 'mlv show ${shellQuoted(recorded)}' to see what it has`
  if (wanted === 'recorded dataset') return `bring ${shellQuoted(file)} back to where it was, or record a new run`
  if (wanted === 'document') return `create ${shellQuoted(file)}, or name the documents to look at`
  return `create ${shellQuoted(file)}, or take it off the command line or out of mlv.yaml`
}

/** What git keeps of the code of a run; `mlv push` sends it, and what needs it fetches it. */
function isOfCode(what: string): boolean {
  return what === 'object' || what === 'git object' || what === 'code commit'
}

/** What to do now, one line without a full stop. `verb` is the command that was refused. */
export function nextCommand(detail: FailureDetail, verb: string | undefined): string {
  const text = nextTexts[detail.code] as (data: FailureDetail['data'], verb: string | undefined) => string
  return text(detail.data, verb)
}

function showOr(revision: string | undefined, otherwise: string): string {
  return revision === undefined ? otherwise : `run 'mlv show ${shellQuoted(revision)}'`
}

function placeText(place: Place): string {
  return place.line === undefined ? shellQuoted(place.file) : `${shellQuoted(place.file)} line ${place.line}`
}
