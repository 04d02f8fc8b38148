/**
 * How much of a bucket's parts may be in memory and on their way at once: all transfers of a store share it, so that
 * many files and the parts of one file fill the line alike, and none of it grows with their sizes.
 */

/** A share that was taken; given back once. */
export type GiveBack = () => void

/** Connections and bytes that are shared out. */
export interface Budget {
  /**
   * Waits for a share, in the order of asking. What is larger than all there is goes alone.
   */
  readonly take: (sizeBytes: number) => Promise<GiveBack>
  /** Takes a share if one is free and nobody waits for it. */
  readonly takeNow: (sizeBytes: number) => GiveBack | undefined
}

/** Makes a budget of so many shares, which are so many bytes in all. */
export function budgetOf(shares: number, totalBytes: number): Budget {
  const waiting: { readonly sizeBytes: number; readonly go: (giveBack: GiveBack) => void }[] = []
  let freeShares = shares
  let freeBytes = totalBytes
  const fits = (sizeBytes: number): boolean => freeShares === shares || (freeShares > 0 && freeBytes >= sizeBytes)
  const give = (sizeBytes: number): GiveBack => {
    freeShares -= 1
    freeBytes -= sizeBytes
    return () => {
      freeShares += 1
      freeBytes += sizeBytes
      next()
    }
  }
  const next = (): void => {
    for (let first = waiting[0]; first !== undefined && fits(first.sizeBytes); first = waiting[0]) {
      waiting.shift()
      first.go(give(first.sizeBytes))
    }
  }
  return {
    take: (sizeBytes) =>
      new Promise((go) => {
        waiting.push({ sizeBytes, go })
        next()
      }),
    takeNow: (sizeBytes) => (waiting.length === 0 && fits(sizeBytes) ? give(sizeBytes) : undefined),
  }
}
