/**
 * Outputs of a step of GitHub, Gitea or Forgejo Actions, as lines of the file `GITHUB_OUTPUT` names.
 *
 * Law: whatever a value holds, a later step reads that value and nothing else is set (row O3).
 */

/** A value for later steps. */
export interface StepOutput {
  readonly name: 'passed' | 'report'
  readonly value: string
}

/**
 * Writes outputs between delimiters that no value holds, as
 * docs.github.com/actions/reference/workflows-and-actions/workflow-commands has it for text of more than one line.
 *
 * @param drawDelimiter draws text that nobody can foresee: who knows it can end the value and set others.
 */
export function stepOutputLines(outputs: readonly StepOutput[], drawDelimiter: () => string): readonly string[] {
  return outputs.flatMap(({ name, value }) => {
    let delimiter = drawDelimiter()
    while (value.includes(delimiter)) delimiter = drawDelimiter()
    // Other line ends would be ends of lines to some readers only.
    return [`${name}<<${delimiter}`, ...value.split(/\r\n|\r|\n/), delimiter]
  })
}
