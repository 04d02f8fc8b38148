/**
 * What a terminal sends when keys are pressed, as names of keys.
 */

/** A character as it was typed, or the name of a key: `up`, `enter`, `ctrl-c`. */
export type Key = string

// ECMA-48 and xterm: cursor keys in both of their modes, and the keypad of a PC.
const SEQUENCES: ReadonlyMap<string, Key> = new Map([
  ['[A', 'up'],
  ['[B', 'down'],
  ['[C', 'right'],
  ['[D', 'left'],
  ['OA', 'up'],
  ['OB', 'down'],
  ['OC', 'right'],
  ['OD', 'left'],
  ['[H', 'home'],
  ['[F', 'end'],
  ['OH', 'home'],
  ['OF', 'end'],
  ['[1~', 'home'],
  ['[4~', 'end'],
  ['[7~', 'home'],
  ['[8~', 'end'],
  ['[5~', 'page-up'],
  ['[6~', 'page-down'],
  ['[3~', 'delete'],
])
const CONTROLS: ReadonlyMap<string, Key> = new Map([
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\t', 'tab'],
  ['\u007f', 'backspace'],
  ['\b', 'backspace'],
  ['\u0003', 'ctrl-c'],
  ['\u0004', 'ctrl-d'],
  ['\u000c', 'ctrl-l'],
  ['\u0015', 'ctrl-u'],
  ['\u001a', 'ctrl-z'],
])
const ESCAPE = '\u001b'
// A control sequence, a key of the application keypad, or anything else with Alt: ECMA-48 5.4.
const SEQUENCE = /^(?:\[[0-?]*[ -/]*[@-~]|O.|[ -NP-Z\\-~])/u

/** Reads what came at once. A sequence that means no key known here is left out; an escape alone is `escape`. */
export function keysOf(text: string): readonly Key[] {
  const keys: Key[] = []
  for (let rest = text; rest !== '';) {
    if (rest.startsWith(ESCAPE)) {
      const sequence = SEQUENCE.exec(rest.slice(1))?.[0]
      const key = sequence === undefined ? 'escape' : SEQUENCES.get(sequence)
      if (key !== undefined) keys.push(key)
      rest = rest.slice(1 + (sequence ?? '').length)
      continue
    }
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0)
    const key = CONTROLS.get(character) ?? (character < ' ' ? undefined : character)
    if (key !== undefined) keys.push(key)
    rest = rest.slice(character.length)
  }
  return keys
}
