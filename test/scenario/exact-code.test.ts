/**
 * The code of a run, had back byte for byte: whatever git does to files on their way in, and whatever is set up when
 * they are had back.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { fsck, makeRepository, runGit, temporaryFolder } from '../support/repository.ts'
import { fingerprint, makeReadyWorld, makeWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const HAS_LFS = spawnSync('git', ['lfs', 'version']).status === 0
if (!HAS_LFS) console.warn('git-lfs is not installed: files tracked by it are not tested here')

/** Mode and bytes of every file below a folder, but those git keeps for itself and the paths left out. */
function contentOf(folder: string, leftOut: readonly string[] = []): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  const visit = (at: string): void => {
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name)
      const shown = relative(folder, path)
      const stat = lstatSync(path)
      if (name === '.git' || leftOut.includes(shown)) continue
      if (stat.isDirectory()) visit(path)
      else if (stat.isSymbolicLink()) found[shown] = `link ${readlinkSync(path)}`
      else found[shown] = `${(stat.mode & 0o777).toString(8)} ${readFileSync(path).toString('base64')}`
    }
  }
  visit(folder)
  return found
}

/** A commit and changes on top of it, with everything that git treats in a way of its own. */
function makeMixedWorld(): World {
  const world = makeWorld()
  const { folder, git, write } = world
  git('config', 'filter.upper.clean', 'tr a-z A-Z')
  git('config', 'filter.upper.smudge', 'tr A-Z a-z')
  git('config', 'filter.strip.clean', 'sed s/secret//')
  git('config', 'filter.strip.smudge', 'cat')
  if (HAS_LFS) git('lfs', 'install', '--local')
  write(
    '.gitattributes',
    [
      '*.txt text=auto',
      '*.bat text eol=crlf',
      '*.upper filter=upper',
      '*.strip filter=strip',
      '*.ident ident',
      '*.utf16 text working-tree-encoding=UTF-16LE',
      '*.lfs filter=lfs diff=lfs merge=lfs -text',
      '',
    ].join('\n'),
  )
  write('.gitignore', '.env\nout/\n*.log\n')
  write('lf.txt', 'a\nb\n')
  write('crlf.txt', 'a\r\nb\r\n')
  write('mixed.txt', 'a\r\nb\nc\r')
  write('run.bat', 'echo\r\n')
  write('word.upper', 'lower case\n')
  write('note.strip', 'keep secret this\n')
  write('who.ident', '$Id$\nprint(1)\n')
  write('wide.utf16', Buffer.from('wide\n', 'utf16le'))
  write('binary.dat', Uint8Array.from([0, 13, 10, 10, 255]))
  write('data/weights.lfs', Buffer.alloc(100_000, 'weights'))
  write('bin/tool.sh', '#!/bin/sh\necho\n')
  chmodSync(join(folder, 'bin/tool.sh'), 0o755)
  symlinkSync('../lf.txt', join(folder, 'bin/link'))
  symlinkSync('/nowhere', join(folder, 'dangling'))
  const inner = makeRepository()
  mkdirSync(join(inner.place.worktree ?? '', 'src'))
  writeFileSync(join(inner.place.worktree ?? '', 'src/inner.py'), 'print("inner")\n')
  inner.git('add', '.')
  inner.git('commit', '--quiet', '--message=Inner')
  git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.place.worktree ?? '', 'libs/inner')
  git('add', '.')
  git('commit', '--quiet', '--message=Everything')
  return world
}

/** What nobody committed. */
function makeDirty({ folder, write }: World): void {
  write('crlf.txt', 'a\r\nb\r\nc\r\n')
  write('new/untracked.txt', 'x\r\ny\r\n')
  write('new/word.upper', 'new\n')
  write('new/more.lfs', Buffer.alloc(50_000, 'more'))
  write('new/small.lfs', 'tiny')
  write('with space "and quote".txt', 'q\r\n')
  write('naïve.py', 'print("ü")\n')
  chmodSync(join(folder, 'lf.txt'), 0o755)
  rmSync(join(folder, 'binary.dat'))
  rmSync(join(folder, 'dangling'))
  symlinkSync('lf.txt', join(folder, 'dangling'))
  write('.env', 'AWS_SECRET_ACCESS_KEY=wJ4lrX9UtnF3EMI2K7MDb8PxRfi1CYEz0Q5kEY6q\n')
  write('out/model.bin', 'ignored')
}

interface Committed {
  readonly run: {
    readonly code: {
      readonly tree: string
      readonly commit: string
      readonly snapshot?: string
      readonly exact?: string
      readonly omitted?: readonly string[]
      readonly ignored?: { readonly paths: readonly string[]; readonly count: number }
    }
  }
}

const IGNORED = ['.env', 'out']

test.runIf(HAS_LFS)('a worktree of every kind of file comes back byte for byte', () => {
  const world = makeMixedWorld()
  world.mlv('init')
  makeDirty(world)
  const owned = (): unknown => [fingerprint(world).replace(/^refs\/.*mlv.*\n/gm, ''), contentOf(world.folder)]
  const before = owned()
  const { code } = (world.json('commit', '--metric', 'auc=0.9') as Committed).run
  expect(code.omitted).toBeUndefined()
  expect(code.ignored).toEqual({ paths: ['.env', 'out/'], count: 2 })

  const again = join(temporaryFolder(), 'again')
  expect(world.mlv('checkout', '@', '--worktree', again)).toMatchObject({ exitCode: 0, stderr: '' })
  expect(contentOf(again)).toEqual(contentOf(world.folder, IGNORED))
  expect(owned()).toEqual(before)

  // Git sees there what it saw here.
  const status = (folder: string): string => runGit(folder, ['status', '--porcelain', '--untracked-files=all'])
  expect(status(again)).toBe(status(world.folder))
  expect(runGit(again, ['rev-parse', 'HEAD'])).toBe(world.git('rev-parse', 'HEAD'))
  expect(fsck(world.repository)).toBe('')
})

test.runIf(HAS_LFS)('a run recorded in what was had back has the same code', () => {
  const world = makeMixedWorld()
  world.mlv('init')
  makeDirty(world)
  const first = (world.json('commit', '--metric', 'auc=0.9') as Committed).run.code
  const again = join(temporaryFolder(), 'again')
  world.mlv('checkout', '@', '--worktree', again)
  const second = (world.json('-C', again, 'commit', '--metric', 'auc=0.9') as Committed).run.code
  expect(second).toMatchObject({ commit: first.commit, tree: first.tree })
})

test('bytes come back after the filters are gone and other line ends are set, and after gc', () => {
  const world = makeReadyWorld()
  world.git('config', 'core.autocrlf', 'true')
  world.git('config', 'filter.strip.clean', 'sed s/secret//')
  world.write('.gitattributes', '*.strip filter=strip\n')
  world.write('crlf.py', 'a\r\nb\r\n')
  world.write('lf.py', 'a\nb\n')
  world.write('note.strip', 'keep secret this\r\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Lines')
  const { code } = (world.json('commit', '--metric', 'auc=0.9') as Committed).run
  expect(code.snapshot).toBeUndefined()
  expect(code.exact).toBeDefined()
  world.git('config', '--unset', 'filter.strip.clean')
  world.git('config', 'core.autocrlf', 'false')
  world.git('reflog', 'expire', '--expire=now', '--all')
  world.git('gc', '--quiet', '--prune=now')
  const again = join(temporaryFolder(), 'again')
  expect(world.mlv('checkout', '@', '--worktree', again).exitCode).toBe(0)
  expect(contentOf(again)).toEqual(contentOf(world.folder))
})

test('a secret in an ignored file reaches nothing; what an encrypting filter hides is not kept beside it', () => {
  const world = makeWorld()
  const secret = 'wJ4lrX9UtnF3EMI2K7MDb8PxRfi1CYEz0Q5kEY6q'
  world.git('config', 'filter.mycrypt.clean', 'tr a-z n-za-m')
  world.git('config', 'filter.mycrypt.smudge', 'cat')
  world.write('.gitattributes', '*.hidden filter=mycrypt\n')
  world.write('.gitignore', '.env\n')
  world.write('keys.hidden', `token = "${secret}"\n`)
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Hidden')
  world.write('.env', `TOKEN=${secret}\n`)
  world.write('new.py', 'print(1)\n')
  world.mlv('init')
  const { code } = (world.json('commit', '--metric', 'auc=0.9') as Committed).run
  expect(code.omitted).toEqual([
    "keys.hidden: kept as git stores it: the filter 'mycrypt' may hide secrets, and does not give the same bytes back",
  ])
  const objects = world.git('cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n')
  for (const object of objects) expect(world.git('cat-file', '-p', object)).not.toContain(secret)
})

test('a folder with something in it is refused, and a version puts its model in place too', () => {
  const world = makeReadyWorld()
  world.write('.gitignore', 'model/\n')
  world.write('model/w.bin', Buffer.alloc(40_000, 'w'))
  world.mlv('commit', '--metric', 'auc=0.9', '--model', 'churn=model')
  const occupied = temporaryFolder()
  writeFileSync(join(occupied, 'mine'), '')
  expect(world.mlv('checkout', '@', '--worktree', occupied).stderr).toContain('destination-occupied')
  expect(readdirSync(occupied)).toEqual(['mine'])
  const empty = temporaryFolder()
  expect(world.mlv('checkout', 'churn@v1', '--worktree', empty).exitCode).toBe(0)
  expect(contentOf(empty)).toEqual(contentOf(world.folder))
})

test('code that is neither in this clone nor on its remote is refused, and no folder is left', () => {
  const world = makeReadyWorld()
  world.write('new.py', 'print(1)\n')
  world.mlv('commit', '--metric', 'auc=0.9')
  world.git('update-ref', '-d', 'refs/mlv/code')
  const clone = join(temporaryFolder(), 'clone')
  runGit('/', ['clone', '--quiet', '--no-local', world.folder, clone])
  const again = join(temporaryFolder(), 'again')
  expect(world.mlv('-C', clone, 'checkout', '@', '--worktree', again).stderr).toContain('object-missing')
  expect(existsSync(again)).toBe(false)
  expect(runGit(clone, ['worktree', 'list'])).not.toContain(again)
})
