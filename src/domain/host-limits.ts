/**
 * What well-known git hosts take, so that a file none of them would take is told before it is recorded and not after
 * hours of upload. Hosts that are not here have limits of their own, which only they know.
 */

/** The most that a host takes of one Git LFS object. */
export interface ObjectLimit {
  /** For people: a host, or what set the limit. */
  readonly by: string
  readonly limitBytes: number
  /** What else the host says of it: one sentence without a full stop. */
  readonly why: string
}

const GIB = 2 ** 30

/** Hosts with what they publish of themselves; of several plans the one with the least. */
const HOSTS: readonly ObjectLimit[] = [
  {
    by: 'github.com',
    limitBytes: 2 * GIB,
    why: 'it takes 2 GB with Free and Pro, 4 GB with Team, 5 GB with Enterprise',
  },
  { by: 'gitlab.com', limitBytes: 10 * GIB, why: 'a whole repository has 10 GB there unless more is bought' },
  { by: 'huggingface.co', limitBytes: 500_000_000_000, why: 'it takes 500 GB a file' },
]

/** No known host takes less, so smaller files need no look at the host. */
export const SMALLEST_LIMIT_BYTES = 10_000_000

/** The limit of a host, or of one below it such as `ssh.github.com`; `undefined` where none is known. */
export function objectLimitOf(host: string): ObjectLimit | undefined {
  const name = host.toLowerCase().replace(/\.$/, '')
  return HOSTS.find(({ by }) => name === by || name.endsWith(`.${by}`))
}
