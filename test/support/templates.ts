/**
 * What many tests begin with, such as a repository with a few records: made once in a worker, by the programs that a
 * user would make it with, and copied for each test.
 */
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** What was made where. */
interface Template {
  /** The place that it may name in its files. */
  readonly place: string
  /** The copy that tests do not touch. */
  readonly kept: string
  isPlaceTaken: boolean
}

const templates = new Map<string, Template>()

/**
 * Fills an empty folder with a copy of what `make` makes. What it makes may not name the folder, and holds nothing that
 * has to differ between two tests.
 */
export function fillFolder(folder: string, name: string, make: (folder: string) => void): void {
  copyTree(templateOf(name, make).kept, folder)
}

/**
 * Gives a folder with what `make` makes, until the test ends. It may name the folder: the copy stands where the first
 * one stood. A second one in the same test is made anew, so that what has to differ between the two does.
 */
export function placeFolder(name: string, make: (folder: string) => void): string {
  const template = templateOf(name, make)
  const folder = template.isPlaceTaken ? newFolder() : template.place
  if (template.isPlaceTaken) make(folder)
  else copyTree(template.kept, emptied(folder))
  const isPlace = !template.isPlaceTaken
  template.isPlaceTaken = true
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    if (isPlace) template.isPlaceTaken = false
  })
  return folder
}

function templateOf(name: string, make: (folder: string) => void): Template {
  const known = templates.get(name)
  if (known !== undefined) return known
  const template = { place: newFolder(), kept: newFolder(), isPlaceTaken: false }
  make(template.place)
  copyTree(template.place, template.kept)
  templates.set(name, template)
  return template
}

function newFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'mlv-test-')))
}

/** A program that outlived its test may have written there since. */
function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  mkdirSync(folder)
  return folder
}

/** Files keep their modes, as git and mlv make what is stored read-only; nothing else of them matters here. */
function copyTree(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      mkdirSync(target, { mode: lstatSync(source).mode & 0o7777 })
      copyTree(source, target)
    } else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else copyFileSync(source, target)
  }
}
