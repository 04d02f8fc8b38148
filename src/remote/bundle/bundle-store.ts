/**
 * The artifacts of a bundle as a store that is only read: whoever takes them in digests them like those of any store.
 */
import { refuse } from '../../domain/failure.ts'
import type { Files } from '../../store/files/files.ts'
import type { ObjectStore } from '../object-store.ts'
import { readFileRange } from '../read-file-range.ts'
import type { SurveyedBundle } from './read-bundle.ts'

/** Opens the artifacts of a bundle that was gone through. */
export function openBundleStore(files: Files, path: string, { objects }: SurveyedBundle): ObjectStore {
  return {
    label: path,
    present: (wanted) =>
      Promise.resolve(new Set(wanted.flatMap(({ sha256 }) => (objects.has(sha256) ? [sha256] : [])))),
    put: () => Promise.reject(refuse('permission-denied', { path, operation: 'adding to a bundle' })),
    get: ({ sha256 }, range) => {
      const found = objects.get(sha256)
      if (found === undefined) {
        return Promise.reject(refuse('object-missing', { what: `in ${path}, artifact`, id: sha256 }))
      }
      const end = Math.min(found.start + range.end, found.end)
      return Promise.resolve(readFileRange(files, path, { start: found.start + range.start, end }))
    },
  }
}
