/**
 * Writes the index of a snapshot beside the one that is there, and moves it into place.
 */
import { join } from 'node:path'
import { serialize } from 'node:v8'
import type { ModelName } from '../../domain/name.ts'
import type { BranchSnapshot } from '../branch/snapshot.ts'
import { BranchUnusual } from './branch-unusual.ts'
import { catalogFolder } from './catalog-place.ts'
import type { CatalogPlace } from './catalog-place.ts'
import { versionKey, versionRunsOf, withChangedVersions } from './index-changes.ts'
import type { ChangedVersion } from './index-changes.ts'
import { readVersionRecords, readVersionRuns } from './index-file.ts'
import type { IndexContents, IndexFile } from './index-file.ts'
import type { BlockEntry, EncodedBlock } from './run-block.ts'
import { sectionWriter } from './section-file.ts'
import type { Section, SectionWriter } from './section-file.ts'

/** What the index is made from. */
export interface IndexSource {
  readonly snapshot: BranchSnapshot
  /** An earlier index; absent when there is none. */
  readonly earlier: IndexFile | undefined
  /** The runs of the snapshot, in order of their ids. */
  readonly blocks: AsyncIterable<EncodedBlock>
  /** What differs from the earlier index; every version when there is none. */
  readonly versions: readonly ChangedVersion[]
}

/** A writer of that long ago was killed. */
const LEFT_BEHIND_NS = 3_600_000_000_000n

/** The file of the index. */
export function indexPath(place: CatalogPlace): string {
  return join(catalogFolder(place), 'runs')
}

/**
 * Writes the index and moves it into place; of two at once the later stays, and both are right.
 *
 * @throws `BranchUnusual`, what reading the branch refuses, the disk's errors
 */
export async function writeIndex(place: CatalogPlace, source: IndexSource): Promise<void> {
  const { files, entropy } = place
  const folder = catalogFolder(place)
  await files.makeFolder(folder)
  const temporary = join(folder, `new-${Buffer.from(entropy.randomBytes(8)).toString('hex')}`)
  try {
    const file = await files.open(temporary, 'create')
    try {
      const writer = sectionWriter(file)
      await writer.end(await writeSections(writer, source))
      await removeLeftBehind(place, (await file.stat()).modifiedNs)
      await file.sync()
    } finally {
      await file.close()
    }
    await files.rename(temporary, indexPath(place))
  } finally {
    // Gone already after the rename.
    await files.remove(temporary)
  }
}

async function writeSections(writer: SectionWriter, source: IndexSource): Promise<IndexContents> {
  const blocks = await writeBlocks(writer, source.blocks)
  return {
    tips: source.snapshot.tips,
    runs: blocks.reduce((sum, { count }) => sum + count, 0),
    blocks,
    ...(await writeVersions(writer, source)),
  }
}

async function writeBlocks(writer: SectionWriter, blocks: AsyncIterable<EncodedBlock>): Promise<readonly BlockEntry[]> {
  const written: BlockEntry[] = []
  for await (const { entry, bytes } of blocks) {
    const before = written.at(-1)
    // A branch that someone edited may have ids that are in no order at all.
    if (before !== undefined && before.last >= entry.first) throw new BranchUnusual('runs are not in order')
    written.push({ ...entry, offset: await writer.append(bytes) })
  }
  return written
}

/** The versions: their runs all together, because lists ask for them, and whole records model by model. */
async function writeVersions(
  writer: SectionWriter,
  { earlier, versions: changes }: IndexSource,
): Promise<Pick<IndexContents, 'versions' | 'models'>> {
  const known = earlier === undefined ? [] : await readVersionRuns(earlier)
  const all = withChangedVersions(known, changes, { keyOf: versionKey, shape: versionRunsOf })
  const models = new Map<ModelName, Section>()
  for (const model of new Set(all.map((version) => version.model))) {
    const records = withChangedVersions(
      earlier === undefined ? [] : await readVersionRecords(earlier, model),
      changes.filter((change) => change.model === model),
      { keyOf: ({ version }) => versionKey(version), shape: (record) => record },
    )
    models.set(model, await writer.add(serialize(records)))
  }
  return { versions: await writer.add(serialize(all)), models }
}

async function removeLeftBehind(place: CatalogPlace, nowNs: bigint): Promise<void> {
  const folder = catalogFolder(place)
  for (const { name } of await place.files.readFolder(folder)) {
    if (!name.startsWith('new-')) continue
    const stat = await place.files.lstat(join(folder, name))
    if (stat !== undefined && stat.modifiedNs < nowNs - LEFT_BEHIND_NS) await place.files.remove(join(folder, name))
  }
}
