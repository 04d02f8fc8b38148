/**
 * Keys as a tree by their slashes.
 */

/** A part of the tree: keys below a prefix. */
export interface KeyBranch {
  /** The last word of the prefix. */
  readonly title: string
  /** The whole of it with its last slash; empty for the root. */
  readonly prefix: string
  readonly branches: readonly KeyBranch[]
  /** Keys that end here. */
  readonly keys: readonly string[]
  /** Of all below. */
  readonly count: number
}

/** The keys by their slashes. A prefix of one key is no branch of its own. */
export function keyTree(keys: readonly string[], prefix = '', title = ''): KeyBranch {
  const below = new Map<string, string[]>()
  const own: string[] = []
  for (const key of keys) {
    const slash = key.indexOf('/', prefix.length)
    if (slash === -1) own.push(key)
    else {
      const word = key.slice(prefix.length, slash)
      below.set(word, [...(below.get(word) ?? []), key])
    }
  }
  const branches = [...below].flatMap(([word, members]) => {
    if (members.length === 1) own.push(...members)
    return members.length === 1 ? [] : [keyTree(members, `${prefix}${word}/`, word)]
  })
  return { title, prefix, branches, keys: own, count: keys.length }
}

/** Every key of a branch and of those below it. */
export function keysBelow(branch: KeyBranch): readonly string[] {
  return [...branch.keys, ...branch.branches.flatMap(keysBelow)]
}
