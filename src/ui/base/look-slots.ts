/**
 * Which hue and which dash each of some runs has: its own hue wherever that can be, whatever the order of the runs.
 */

/** Places in a palette and in a list of dashes, from 0; the dash at 0 is a whole line. */
export interface LookSlot {
  readonly hue: number
  readonly dash: number
}

/** The hue of an id by itself, as a place in a palette of so many. */
export function ownHue(id: string, hues: number): number {
  return hashOf(id) % hues
}

/**
 * A slot for each id. Of those with the same hue the first by id has it; the others take the next hue that is free. Of
 * more ids than hues each keeps its own hue, and those that share one have dashes, while there are dashes.
 */
export function lookSlots(ids: readonly string[], hues: number, dashes: number): ReadonlyMap<string, LookSlot> {
  const sorted = [...new Set(ids)].sort()
  const rounds = sorted.length <= hues ? 1 : Math.max(dashes, Math.ceil(sorted.length / hues))
  const slots = new Map<string, LookSlot>()
  const taken = new Set<number>()
  const take = (id: string, round: number, hue: number): boolean => {
    if (taken.has(round * hues + hue)) return false
    taken.add(round * hues + hue)
    slots.set(id, { hue, dash: round % dashes })
    return true
  }
  let rest = sorted
  for (let round = 0; round < rounds; round += 1) rest = rest.filter((id) => !take(id, round, ownHue(id, hues)))
  for (const id of rest) {
    const own = ownHue(id, hues)
    for (let step = 0; step < rounds * hues; step += 1) {
      if (take(id, Math.floor(step / hues), (own + step) % hues)) break
    }
  }
  return slots
}

/** A small number that depends on every character. */
function hashOf(text: string): number {
  let hash = 0
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0
  return hash
}
