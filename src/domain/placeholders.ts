/**
 * Placeholders in the arguments of a command: `{lr}` becomes the value of the parameter that was given for it.
 */

const PLACEHOLDER = /\{\{|\{([^{}]+)\}/g

/**
 * Fills placeholders with the texts that were typed. `{{` is a brace; a name nobody gave stays as it is, and so does
 * everything when nothing was given.
 */
export function fillPlaceholders(
  command: readonly string[],
  given: readonly { readonly key: string; readonly text: string }[],
): readonly string[] {
  if (given.length === 0) return command
  const texts = new Map(given.map(({ key, text }) => [key, text]))
  return command.map((argument) =>
    argument.replace(PLACEHOLDER, (found, key: string | undefined) =>
      key === undefined ? '{' : (texts.get(key) ?? found),
    ),
  )
}
