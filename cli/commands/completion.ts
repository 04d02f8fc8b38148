/**
 * `mlv completion`: a script that teaches a shell mlv's verbs and options.
 */
import { valueMap } from '../../src/base/value.ts'
import { defineCommand } from '../command.ts'
import { bashScript } from '../completion/bash-script.ts'
import { completionWords } from '../completion/completion-words.ts'
import type { CompletionWords } from '../completion/completion-words.ts'
import { fishScript } from '../completion/fish-script.ts'
import { zshScript } from '../completion/zsh-script.ts'
import { EXIT } from '../exit-code.ts'
import { word } from '../option.ts'
import { loadCommands } from '../load-commands.ts'

const SCRIPTS: { readonly [S in 'bash' | 'zsh' | 'fish']: (words: CompletionWords) => string } = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** The command. */
export const completionCommand = defineCommand({
  name: 'completion',
  summary: 'Print a completion script for a shell',
  arguments: { shell: word('shell', 'bash, zsh or fish', ['bash', 'zsh', 'fish']) },
  options: {},
  examples: [
    { line: 'source <(mlv completion bash)', does: 'for this shell; put it into ~/.bashrc for every one' },
    { line: 'mlv completion zsh > ~/.zfunc/_mlv', does: 'for a folder that is on $fpath' },
    { line: 'mlv completion fish > ~/.config/fish/completions/mlv.fish', does: 'for fish' },
  ],
  run: async ({ output, verbs }, { shell }) => {
    const script = SCRIPTS[shell](completionWords(await loadCommands(verbs)))
    output.answer(
      () => valueMap({ shell, script }),
      () =>
        script
          .trimEnd()
          .split('\n')
          .map((line) => [line]),
    )
    return EXIT.ok
  },
})
