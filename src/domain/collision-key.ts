/**
 * Collision keys: names with the same key reach the same file on some system (APFS, HFS+, NTFS), so only one may exist.
 */

const ASCII = /^[\u0000-\u007f]*$/

/**
 * Folds case and Unicode form: full case folding (`ß` is `ss`), then NFC.
 *
 * JavaScript has no case folding of its own. Down, up and down again gives the same classes as Unicode's table, but
 * for dotless `ı`, which falls together with `i`; refusing one name too many is the safe side.
 */
export function collisionKey(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase()
  return name.normalize('NFD').toLowerCase().toUpperCase().toLowerCase().normalize('NFC')
}
