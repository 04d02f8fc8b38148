/**
 * `mlv cache`: the cache that the repositories of this machine share.
 */
import { resolve } from 'node:path'
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { manageCache } from '../../src/ops/care/manage-cache.ts'
import type { CacheAction, CacheReport } from '../../src/ops/care/manage-cache.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { integer, listJson } from '../json/json-members.ts'
import { optional, text } from '../option.ts'
import { parseSize } from '../parse-size.ts'

/** The command. */
export const cacheCommand = defineCommand({
  name: 'cache',
  summary: 'Show and trim the cache of this machine',
  details: [
    'Large files that any repository of this machine recorded or fetched are kept in one folder, and are taken from',
    'there before a store is asked. It is off until MLV_CACHE or mlv.cache of git says where; on one disk it takes no',
    'space of its own. What was not used for longest goes first when it holds more than the limit. Nothing is lost',
    'with it.',
  ],
  arguments: {
    action: optional('action', 'dir FOLDER, limit SIZE, clear or verify; shows the cache when absent'),
    value: optional('value', 'the folder, or a size such as 20GB'),
  },
  options: { olderThan: text('--older-than <days>', 'clear only what was not used for this many days, such as 30d') },
  examples: [
    { line: 'mlv cache dir /var/cache/mlv', does: 'use a folder, and make it when the first file goes in' },
    { line: 'mlv cache', does: 'where it is and what it holds' },
    { line: 'mlv cache clear --older-than 30d', does: 'remove what nobody used for a month' },
  ],
  run: async ({ output, openOptions }, { action, value }, { olderThan }) => {
    const report = await manageCache(openOptions, actionOf(action, value, { olderThan, folder: openOptions.folder }))
    output.answer(
      () => cacheJson(report),
      () => cacheText(report),
    )
    return EXIT.ok
  },
})

function actionOf(
  action: string | undefined,
  value: string | undefined,
  { olderThan, folder }: { readonly olderThan: string | undefined; readonly folder: string },
): CacheAction {
  if (olderThan !== undefined && action !== 'clear') throw wrong('--older-than belongs to clear')
  if (value !== undefined && action !== 'limit' && action !== 'dir') throw wrong(`'${value}' is not expected here`)
  switch (action) {
    case undefined:
      return { kind: 'show' }
    case 'clear':
      return olderThan === undefined ? { kind: 'clear' } : { kind: 'clear', olderThanMs: daysMs(olderThan) }
    case 'verify':
      return { kind: 'verify' }
    case 'limit':
      if (value === undefined) throw wrong('limit takes a size such as 20GB')
      return { kind: 'limit', limitBytes: parseSize('limit', value), text: value }
    case 'dir':
      if (value === undefined) throw wrong('dir takes a folder')
      return { kind: 'dir', folder: resolve(folder, value) }
    default:
      throw wrong(`expected dir, limit, clear or verify, not '${action}'`)
  }
}

const DAY_MS = 24 * 3600 * 1000

function daysMs(given: string): number {
  const days = /^([0-9]{1,5})d?$/.exec(given)?.[1]
  if (days === undefined) throw wrong(`--older-than takes a number of days such as 30d, not '${given}'`)
  return Number(days) * DAY_MS
}

function wrong(problem: string) {
  return refuse('usage-invalid', { problem })
}

/** The report as JSON. */
export function cacheJson(report: CacheReport | undefined): ValueMap {
  if (report === undefined) return valueMap({ folder: null })
  const { settings, objects, sizeBytes, removed } = report
  return valueMap({
    folder: settings.folder,
    source: settings.source,
    limitBytes: integer(settings.limitBytes),
    objects: integer(objects),
    sizeBytes: integer(sizeBytes),
    removed: listJson(removed, (object) =>
      valueMap({ sha256: object.sha256, sizeBytes: integer(object.sizeBytes), reason: object.reason }),
    ),
  })
}

/** The report for people. */
export function cacheText(report: CacheReport | undefined): readonly Line[] {
  if (report === undefined) return [["no cache; 'mlv cache dir FOLDER' sets one for all repositories of this machine"]]
  const { settings, objects, sizeBytes, removed } = report
  const removedBytes = removed.reduce((sum, object) => sum + object.sizeBytes, 0)
  const [first] = removed
  const gone: readonly Line[] =
    first === undefined
      ? []
      : [[`removed ${countText(removed.length, 'object')}, ${bytesText(removedBytes)}: ${first.reason}`]]
  const held = `${countText(objects, 'object')}, ${bytesText(sizeBytes)} of at most ${bytesText(settings.limitBytes)}`
  return [...gone, ['cache ', styled('strong', settings.folder), ` (${settings.source}): ${held}`]]
}
