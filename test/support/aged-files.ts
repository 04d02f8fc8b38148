/**
 * Days that pass for a store: everything in its folder becomes older.
 */
import { readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

const DAY_SECONDS = 86_400

/** Makes every file below a folder older by some days. */
export function letDaysPass(folder: string, days: number): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    const stat = statSync(path)
    if (!stat.isFile()) continue
    const at = stat.mtimeMs / 1000 - days * DAY_SECONDS
    utimesSync(path, at, at)
  }
}
