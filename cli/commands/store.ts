/**
 * `mlv store`: shows and changes where large files are shared from.
 */
import { refuse } from '../../src/domain/failure.ts'
import { changeStore } from '../../src/ops/share/change-store.ts'
import type { StoreChoice } from '../../src/ops/share/change-store.ts'
import { copyStore } from '../../src/ops/share/copy-store.ts'
import { forgetUser, showStore, trustUser } from '../../src/ops/share/show-store.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { storeChangeText, storeCopyText, storeText, storeUserText } from '../format/store-text.ts'
import { showTransfers } from '../format/transfer-progress.ts'
import { storeChangeJson, storeCopyJson, storeJson, storeUserJson } from '../json/store-json.ts'
import { flag, optional, text } from '../option.ts'

/** The command. */
export const storeCommand = defineCommand({
  name: 'store',
  summary: 'Show or change where large files are',
  details: [
    "Without an action it shows the store, how much is in it, and which repositories use it. 'use' writes to another",
    "one from now on and still reads from the old one; 'mirror add' and 'mirror remove' change the copies that are",
    "read when the store lacks a file; each is one operation on the branch. 'copy' fills stores and mirrors with every",
    "file that the records need, and goes on where it was cut. 'trust' lets 'mlv gc --remote' ask a repository that",
    "the store lists, and 'forget' takes one that is gone off that list: what only it names may then be removed.",
  ],
  arguments: {
    action: optional('action', "'use', 'mirror', 'copy', 'trust' or 'forget'"),
    first: optional('value', "an address, a repository, or 'add' or 'remove' of a mirror"),
    second: optional('address', 'the mirror: dir:/path or s3://bucket/prefix'),
  },
  options: {
    to: text('--to <address>', "with 'copy': only this store or mirror"),
    compact: flag('--compact', "with 'use': let that place keep files as differences and chunks"),
  },
  examples: [
    { line: 'mlv store', does: 'where large files are, and who uses that place' },
    { line: 'mlv store use s3://models/churn?region=eu-central-1', does: 'keep what is recorded from now on there' },
    { line: 'mlv store mirror add dir:/mnt/backup/models', does: 'read from there too' },
    { line: 'mlv store copy --to dir:/mnt/backup/models', does: 'fill it' },
    { line: 'mlv store trust https://git.example/team/ranking.git', does: "let 'mlv gc --remote' ask it" },
  ],
  run: (session, { action, first, second }, { to, compact }) => {
    if (to !== undefined && action !== 'copy') throw refuse('usage-invalid', { problem: "--to goes with 'copy'" })
    if (compact && action !== 'use') throw refuse('usage-invalid', { problem: "--compact goes with 'use'" })
    if (second !== undefined && action !== 'mirror')
      throw refuse('usage-invalid', { problem: `'${second}' is too much` })
    switch (action) {
      case undefined:
        return show(session)
      case 'use':
        return change(session, {
          kind: 'use',
          store: needed(first, "'use' takes lfs, dir:/path or s3://bucket/prefix"),
          isCompact: compact,
        })
      case 'mirror':
        return change(session, mirrorChoice(first, second))
      case 'copy':
        if (first !== undefined) throw refuse('usage-invalid', { problem: `'${first}' is too much; say --to ADDRESS` })
        return copy(session, to)
      case 'trust':
      case 'forget':
        return listed(session, action, needed(first, `'${action}' takes the address of a repository`))
      default:
        throw refuse('usage-invalid', { problem: `expected use, mirror, copy, trust or forget, not '${action}'` })
    }
  },
})

async function show({ output, withRepository }: Session): Promise<ExitCode> {
  const report = await withRepository(showStore)
  output.answer(
    () => storeJson(report),
    () => storeText(report),
  )
  return EXIT.ok
}

async function change({ output, withRepository }: Session, choice: StoreChoice): Promise<ExitCode> {
  const report = await withRepository((repository) => changeStore(repository, choice))
  output.answer(
    () => storeChangeJson(report),
    () => storeChangeText(report),
  )
  return EXIT.ok
}

async function copy({ output, withRepository, openOptions }: Session, to: string | undefined): Promise<ExitCode> {
  const showProgress = showTransfers(output, () => openOptions.clock.elapsedMs())
  const copies = await withRepository((repository) =>
    copyStore(repository, to, (progress) => showProgress({ kind: 'artifacts', progress })),
  )
  output.progress('')
  output.answer(
    () => storeCopyJson(copies),
    () => storeCopyText(copies),
  )
  return copies.every(({ absent }) => absent === 0) ? EXIT.ok : EXIT.integrity
}

async function listed({ output, withRepository }: Session, action: 'trust' | 'forget', url: string): Promise<ExitCode> {
  const report = await withRepository((repository) => (action === 'trust' ? trustUser : forgetUser)(repository, url))
  output.answer(
    () => storeUserJson(action, report),
    () => storeUserText(action, report),
  )
  return EXIT.ok
}

function mirrorChoice(action: string | undefined, address: string | undefined): StoreChoice {
  if (action !== 'add' && action !== 'remove') {
    throw refuse('usage-invalid', { problem: "'mirror' takes 'add' or 'remove' and an address" })
  }
  return { kind: `mirror-${action}`, address: needed(address, `'mirror ${action}' takes an address`) }
}

function needed(value: string | undefined, problem: string): string {
  if (value === undefined) throw refuse('usage-invalid', { problem })
  return value
}
