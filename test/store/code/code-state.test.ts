/**
 * Capturing code: what a run ran can be had back, and nothing the user owns is touched.
 */
import { existsSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import type { CapturedCode } from '../../../src/store/code/code-state.ts'
import { createCodeWorld } from './code-world.ts'
import type { CodeWorld } from './code-world.ts'

let world: CodeWorld

beforeEach(() => {
  world = createCodeWorld()
})
afterEach(() => world.dispose())

/** One commit with a file, a script and a folder. */
function commitProject(): string {
  world.write('train.py', 'print("train")\n')
  world.write('lib/model.py', 'layers = 3\n')
  world.write('run.sh', '#!/bin/sh\n', 0o755)
  world.write('.gitignore', 'ignored/\n')
  world.git('add', '--all')
  world.git('commit', '--quiet', '--message', 'first')
  return world.git('rev-parse', 'HEAD')
}

function commitOf(captured: CapturedCode): Extract<CapturedCode['code'], { kind: 'commit' }> {
  if (captured.code.kind !== 'commit') throw new Error(`no code: ${captured.code.reason}`)
  return captured.code
}

/** The files of a snapshot as `git ls-tree` lists them: mode, then path. */
function filesOf(captured: CapturedCode): readonly string[] {
  return world
    .git('-c', 'core.quotePath=false', 'ls-tree', '-r', commitOf(captured).tree)
    .split('\n')
    .map((line) => line.replace(/^(\d+) \w+ \w+\t/, '$1 '))
}

function contentOf(captured: CapturedCode, path: string): string {
  return world.git('cat-file', 'blob', `${commitOf(captured).tree}:${path}`)
}

/** Captures, and checks that everything the user owns is byte for byte as before. */
async function captureUnseen(...args: Parameters<CodeWorld['capture']>): Promise<CapturedCode> {
  const before = world.fingerprint()
  try {
    return await world.capture(...args)
  } finally {
    expect(world.fingerprint()).toEqual(before)
    const temporary = join(world.place().commonDir, 'mlv/tmp')
    expect(existsSync(temporary) ? readdirSync(temporary) : []).toEqual([])
  }
}

describe('a clean worktree', () => {
  test('is its commit, found with one git process', async () => {
    const head = commitProject()
    const captured = await captureUnseen()
    expect(captured).toEqual({
      code: { kind: 'commit', commit: head, tree: world.git('rev-parse', 'HEAD^{tree}'), branch: 'main', omitted: [] },
      keep: head,
    })
    expect(world.commands()).toEqual(['status'])
  })

  test('takes one git process as well when its commit is packed', async () => {
    commitProject()
    world.git('gc', '--quiet')
    expect(commitOf(await captureUnseen()).tree).toBe(world.git('rev-parse', 'HEAD^{tree}'))
    expect(world.commands()).toEqual(['status'])
  })

  test.each(['2', '3', '4'])('reads the tree from an index of version %s', async (version) => {
    commitProject()
    world.write('a path/of more/than one/folder.txt', 'text\n')
    world.git('add', '--all')
    world.git('commit', '--quiet', '--message', 'second')
    world.git('update-index', '--index-version', version)
    world.git('gc', '--quiet')
    expect(commitOf(await captureUnseen()).tree).toBe(world.git('rev-parse', 'HEAD^{tree}'))
    expect(world.commands()).toEqual(['status'])
  })

  test('asks git for the tree when neither the commit nor the index shows it', async () => {
    commitProject()
    world.git('gc', '--quiet')
    world.write('train.py', 'print("other")\n')
    world.git('add', 'train.py')
    world.write('train.py', 'print("train")\n')
    world.git('add', 'train.py')
    expect(commitOf(await captureUnseen()).tree).toBe(world.git('rev-parse', 'HEAD^{tree}'))
    expect(world.commands()).toEqual(['status', 'rev-parse'])
  })

  test('is clean with ignored files in it, and with a file touched but not changed', async () => {
    commitProject()
    world.write('ignored/weights.bin', 'x')
    utimesSync(join(world.worktree, 'train.py'), 1, 1)
    expect(commitOf(await captureUnseen()).snapshot).toBeUndefined()
  })

  test('has no branch when HEAD is detached', async () => {
    commitProject()
    world.git('checkout', '--quiet', '--detach')
    expect(commitOf(await captureUnseen()).branch).toBeUndefined()
  })

  test('is read the same in a sha256 repository', async () => {
    world.dispose()
    world = createCodeWorld(['--object-format=sha256'])
    const head = commitProject()
    expect(head).toHaveLength(64)
    expect(commitOf(await captureUnseen()).tree).toBe(world.git('rev-parse', 'HEAD^{tree}'))
    world.write('train.py', 'changed\n')
    expect(commitOf(await captureUnseen()).snapshot).toHaveLength(64)
  })
})

describe('a dirty worktree', () => {
  test('becomes a snapshot of tracked and untracked files, without ignored ones', async () => {
    const head = commitProject()
    world.write('train.py', 'print("changed")\n')
    world.write('notes/new file.md', 'untracked\n')
    world.write('ignored/weights.bin', 'x')
    world.remove('lib/model.py')
    world.git('mv', 'run.sh', 'start.sh')
    const captured = await captureUnseen()
    const code = commitOf(captured)
    expect(filesOf(captured)).toEqual([
      '100644 .gitignore',
      '100644 notes/new file.md',
      '100755 start.sh',
      '100644 train.py',
    ])
    expect(contentOf(captured, 'train.py')).toBe('print("changed")')
    expect(code.commit).toBe(head)
    expect(captured.keep).toBe(code.snapshot)
    expect(world.git('rev-parse', `${code.snapshot ?? ''}^`)).toBe(head)
    expect(world.git('log', '-1', '--format=%an %ae %at %ai|%s', code.snapshot ?? '')).toBe(
      'Grace grace@example.org 1700000100 2023-11-14 23:15:00 +0100|mlv: snapshot of uncommitted code',
    )
    expect(world.commands()).toEqual(['status', 'update-index', 'write-tree', 'commit-tree'])
  })

  test('has the same snapshot every time while nothing changes', async () => {
    commitProject()
    world.write('train.py', 'print("changed")\n')
    const first = await captureUnseen()
    expect(await captureUnseen()).toEqual(first)
    world.write('train.py', 'print("again")\n')
    expect((await captureUnseen()).keep).not.toBe(first.keep)
  })

  test('is the worktree, not what is staged', async () => {
    commitProject()
    world.write('train.py', 'staged\n')
    world.write('staged-then-deleted.py', 'staged\n')
    world.git('add', '--all')
    world.write('train.py', 'in the worktree\n')
    world.remove('staged-then-deleted.py')
    world.git('rm', '--quiet', '--cached', 'lib/model.py')
    const captured = await captureUnseen()
    expect(contentOf(captured, 'train.py')).toBe('in the worktree')
    expect(filesOf(captured)).toEqual(['100644 .gitignore', '100644 lib/model.py', '100755 run.sh', '100644 train.py'])
  })

  test('that is back at its commit, only staged otherwise, is clean', async () => {
    commitProject()
    world.write('train.py', 'staged\n')
    world.git('add', 'train.py')
    world.write('train.py', 'print("train")\n')
    expect(commitOf(await captureUnseen()).snapshot).toBeUndefined()
  })

  test('keeps mode changes, symbolic links and files that became folders', async () => {
    commitProject()
    world.write('train.py', 'print("train")\n', 0o755)
    world.remove('run.sh')
    world.write('run.sh/step.sh', 'now in a folder\n')
    world.remove('lib')
    world.write('lib', 'now a file\n')
    symlinkSync('train.py', join(world.worktree, 'latest.py'))
    expect(filesOf(await captureUnseen())).toEqual([
      '100644 .gitignore',
      '120000 latest.py',
      '100644 lib',
      '100644 run.sh/step.sh',
      '100755 train.py',
    ])
  })

  test('keeps a change made within the same tick of the clock as the index', async () => {
    commitProject()
    world.git('config', 'core.trustctime', 'false')
    const at = new Date(1_700_000_000_000)
    const touch = (path: string) => utimesSync(join(world.worktree, path), at, at)
    touch('train.py')
    world.git('update-index', '--refresh')
    world.write('train.py', 'print("TRAIN")\n')
    touch('train.py')
    touch('.git/index')
    expect(contentOf(await captureUnseen(), 'train.py')).toBe('print("TRAIN")')
  })

  test('holds both sides while a merge is in conflict', async () => {
    commitProject()
    world.git('checkout', '--quiet', '-b', 'other')
    world.write('train.py', 'theirs\n')
    world.git('commit', '--quiet', '--all', '--message', 'theirs')
    world.git('checkout', '--quiet', 'main')
    world.write('train.py', 'ours\n')
    world.git('commit', '--quiet', '--all', '--message', 'ours')
    expect(() => world.git('merge', '--quiet', 'other')).toThrow()
    const captured = await captureUnseen()
    expect(contentOf(captured, 'train.py')).toContain('<<<<<<< HEAD\nours\n=======\ntheirs\n')
    expect(world.git('rev-parse', 'MERGE_HEAD')).toBe(world.git('rev-parse', 'other'))
  })

  test('stores what git add would store: line endings normalized, clean filters applied', async () => {
    commitProject()
    world.git('config', 'filter.upper.clean', 'tr a-z A-Z')
    world.git('config', 'core.safecrlf', 'true')
    world.write('.gitattributes', '*.txt text\n*.up filter=upper\n')
    world.write('a.txt', 'one\r\ntwo\r\n')
    world.write('b.up', 'shout\n')
    const captured = await captureUnseen()
    expect(contentOf(captured, 'a.txt')).toBe('one\ntwo')
    expect(contentOf(captured, 'b.up')).toBe('SHOUT')
  })

  test('is captured without hard links as well', async () => {
    commitProject()
    world.write('train.py', 'print("changed")\n')
    const linked = await captureUnseen()
    const link = () => Promise.reject(new Error('EPERM'))
    expect(await captureUnseen({}, world.place(), { ...nodeFiles, link })).toEqual(linked)
    expect(world.commands()).toContain('read-tree')
  })

  test('is captured before any file is checked out', async () => {
    const head = commitProject()
    const clone = join(world.worktree, '../clone')
    world.git('clone', '--quiet', '--no-checkout', world.worktree, clone)
    const captured = await world.capture({}, world.place(clone))
    expect(commitOf(captured).commit).toBe(head)
    expect(world.gitIn(clone, 'ls-tree', '-r', commitOf(captured).tree)).toBe('')
  })
})

describe('where a worktree is', () => {
  test('a subfolder captures the whole worktree', async () => {
    commitProject()
    world.write('train.py', 'print("changed")\n')
    const captured = await captureUnseen({}, world.place(join(world.worktree, 'lib')))
    expect(filesOf(captured)).toContain('100644 train.py')
  })

  test('a linked worktree captures its own files and branch', async () => {
    commitProject()
    const linked = join(world.worktree, '../linked')
    world.git('worktree', 'add', '--quiet', '-b', 'side', linked)
    world.write('../linked/train.py', 'print("side")\n')
    const before = world.fingerprint()
    const captured = await world.capture({}, world.place(linked))
    expect(world.fingerprint()).toEqual(before)
    expect(commitOf(captured).branch).toBe('side')
    expect(contentOf(captured, 'train.py')).toBe('print("side")')
    expect(world.gitIn(linked, 'diff', '--cached', '--name-only')).toBe('')
  })

  test('a repository without commits has no code', async () => {
    world.write('train.py', 'print("train")\n')
    expect(await captureUnseen()).toEqual({ code: { kind: 'none', reason: 'the repository has no commit yet' } })
  })

  test('a bare repository has no code, and no git is started', async () => {
    commitProject()
    const bare = join(world.worktree, '../bare.git')
    world.git('clone', '--quiet', '--bare', world.worktree, bare)
    expect(await world.capture({}, world.place(bare))).toEqual({
      code: { kind: 'none', reason: 'the repository has no worktree' },
    })
    expect(world.commands()).toEqual([])
  })
})

describe('what a snapshot leaves out is listed', () => {
  test('changes inside a submodule, whose commit is kept', async () => {
    commitProject()
    const library = join(world.worktree, '../library')
    world.git('init', '--quiet', library)
    world.gitIn(library, 'commit', '--quiet', '--allow-empty', '--message', 'library')
    world.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'vendor/library')
    world.git('commit', '--quiet', '--message', 'with library')
    expect(commitOf(await captureUnseen()).snapshot).toBeUndefined()

    world.write('vendor/library/patch.py', 'uncommitted\n')
    const dirty = commitOf(await captureUnseen())
    expect(dirty.omitted).toEqual(['vendor/library: a submodule with uncommitted changes'])
    expect(dirty.snapshot).toBeDefined()

    world.gitIn(join(world.worktree, 'vendor/library'), 'add', '--all')
    world.gitIn(join(world.worktree, 'vendor/library'), 'commit', '--quiet', '--message', 'patch')
    const moved = commitOf(await captureUnseen())
    expect(moved.omitted).toEqual([])
    expect(world.git('rev-parse', `${moved.tree}:vendor/library`)).toBe(
      world.gitIn(join(world.worktree, 'vendor/library'), 'rev-parse', 'HEAD'),
    )
  })

  test('a repository nested in the worktree', async () => {
    commitProject()
    world.git('init', '--quiet', 'nested')
    world.write('nested/file.py', 'not ours\n')
    world.write('ours.py', 'ours\n')
    const captured = await captureUnseen()
    expect(commitOf(captured).omitted).toEqual(['nested: a git repository of its own'])
    expect(filesOf(captured)).not.toContain('160000 nested')
    expect(filesOf(captured)).toContain('100644 ours.py')
  })

  test('a file that cannot be read', async () => {
    commitProject()
    world.write('closed.py', 'closed\n')
    const open: typeof nodeFiles.open = (path, mode) =>
      path.endsWith('closed.py') ? Promise.reject(new Error('EACCES')) : nodeFiles.open(path, mode)
    const captured = await captureUnseen({}, world.place(), { ...nodeFiles, open })
    expect(commitOf(captured).omitted).toEqual(['closed.py: a file that cannot be read'])
    expect(filesOf(captured)).not.toContain('100644 closed.py')
  })

  test.runIf(process.platform === 'linux')('a name that is not UTF-8; other names may hold anything', async () => {
    commitProject()
    writeFileSync(Buffer.concat([Buffer.from(`${world.worktree}/bad`), Buffer.from([0xff])]), 'x')
    world.write('line\nend.py', 'x')
    world.write('größe "2" -x.py', 'x')
    const captured = await world.capture()
    expect(commitOf(captured).omitted).toEqual(['bad\ufffd: a name that is not UTF-8'])
    expect(contentOf(captured, 'line\nend.py')).toBe('x')
    expect(filesOf(captured)).toContain('100644 "größe \\"2\\" -x.py"')
  })
})

describe('what the run itself wrote is no code', () => {
  test('excluded untracked files and folders leave a worktree clean', async () => {
    commitProject()
    world.write('outputs/model.bin', 'weights')
    world.write('outputs/deep/er.bin', 'weights')
    world.write('metrics.json', '{}')
    const captured = await captureUnseen({ exclude: ['outputs/', './metrics.json'] })
    expect(commitOf(captured).snapshot).toBeUndefined()
    expect(world.commands()).toEqual(['status'])
  })

  test('a tracked file is code even when excluded, and a name that merely starts alike is not excluded', async () => {
    commitProject()
    world.write('train.py', 'changed\n')
    world.write('outputs.py', 'code\n')
    const captured = await captureUnseen({ exclude: ['train.py', 'outputs'] })
    expect(contentOf(captured, 'train.py')).toBe('changed')
    expect(filesOf(captured)).toContain('100644 outputs.py')
  })
})

describe('a snapshot is refused before anything is written', () => {
  const objectCount = () => world.git('count-objects')

  test('when it is too large, naming the largest files', async () => {
    commitProject()
    world.write('small.csv', 'x'.repeat(10))
    world.write('data.csv', 'x'.repeat(2000))
    const before = objectCount()
    await expect(captureUnseen({ limitBytes: 1000 })).rejects.toMatchObject({
      code: 'snapshot-too-large',
      detail: {
        data: { sizeBytes: 2010, limitBytes: 1000, largest: ['data.csv (2000 bytes)', 'small.csv (10 bytes)'] },
      },
    })
    expect(objectCount()).toBe(before)
  })

  test('when it holds a secret that HEAD does not', async () => {
    commitProject()
    const token = ['gh', 'p_', 'q7Zk2mXv9RtB4nWc8LpD1sHf6GjY3aEu5QxT'].join('')
    world.write('settings.py', `host = "x"\nkey = "${token}"\n`)
    const before = objectCount()
    await expect(captureUnseen()).rejects.toMatchObject({
      code: 'secret-found',
      detail: { data: { file: 'settings.py', line: 2, kind: 'a GitHub token' } },
    })
    expect(objectCount()).toBe(before)
    expect(commitOf(await captureUnseen({ allowSecrets: true })).snapshot).toBeDefined()

    world.git('add', '--all')
    world.git('commit', '--quiet', '--message', 'the secret is out')
    world.write('settings.py', `host = "y"\nkey = "${token}"\n`)
    expect(commitOf(await captureUnseen()).snapshot).toBeDefined()
  })

  test('when git fails, leaving no temporary file', async () => {
    commitProject()
    world.git('config', 'filter.broken.clean', 'false')
    world.git('config', 'filter.broken.required', 'true')
    world.write('.gitattributes', '*.bin filter=broken\n')
    world.write('a.bin', 'x')
    await expect(captureUnseen()).rejects.toMatchObject({ code: 'git-failed' })
  })
})

describe('a hostile configuration', () => {
  let canary: string

  beforeEach(() => {
    commitProject()
    canary = join(world.worktree, '../canary')
    const library = join(world.worktree, '../library')
    world.git('init', '--quiet', library)
    world.gitIn(library, 'commit', '--quiet', '--allow-empty', '--message', 'library')
    world.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'vendor/library')
    world.git('commit', '--quiet', '--message', 'with library')
    for (const folder of [world.worktree, join(world.worktree, 'vendor/library')]) setTraps(folder)
    world.write('train.py', 'changed\n')
    world.write('vendor/library/file.py', 'changed\n')
  })

  function setTraps(folder: string): void {
    const trap = `sh -c 'echo trapped >> ${canary}'`
    const gitDir = world.gitIn(folder, 'rev-parse', '--absolute-git-dir')
    for (const hook of ['post-index-change', 'pre-commit', 'post-commit', 'reference-transaction']) {
      world.write(relative(world.worktree, `${gitDir}/hooks/${hook}`), `#!/bin/sh\n${trap}\n`, 0o755)
    }
    for (const key of ['core.pager', 'core.editor', 'diff.external', 'gpg.program', 'core.fsmonitor']) {
      world.gitIn(folder, 'config', key, trap)
    }
    for (const key of ['commit.gpgSign', 'core.splitIndex', 'core.untrackedCache']) {
      world.gitIn(folder, 'config', key, 'true')
    }
    world.gitIn(folder, 'config', 'alias.status', `!${trap}`)
  }

  test('starts nothing, in the worktree or in a submodule', async () => {
    const captured = await captureUnseen()
    expect(commitOf(captured).omitted).toEqual(['vendor/library: a submodule with uncommitted changes'])
    expect(contentOf(captured, 'train.py')).toBe('changed')
    expect(existsSync(canary) ? readFileSync(canary, 'utf8') : 'nothing ran').toBe('nothing ran')
  })

  test('would start its traps under plain git', () => {
    world.git('add', '--all')
    expect(readFileSync(canary, 'utf8')).toContain('trapped')
  })
})
