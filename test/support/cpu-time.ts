/**
 * How long something takes, as far as a test on a busy machine can tell.
 */

/** Milliseconds of processor time of one call, the least of five: other programs and a cold start do not count. */
export function cpuMsOf(action: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage()
    action()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}
