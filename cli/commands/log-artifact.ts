/**
 * `mlv log-artifact`: a file or folder of a running run, from a shell.
 */
import { parseArtifactPath } from '../../src/domain/artifact-path.ts'
import { loggedPath } from '../../src/ops/record/log-to-run.ts'
import { defineCommand } from '../command.ts'
import { logEntries, RUN_OPTION } from '../log-target.ts'
import { required, text } from '../option.ts'

/** The command. */
export const logArtifactCommand = defineCommand({
  name: 'log-artifact',
  summary: 'Log a file or folder of a running run',
  details: [
    'The file is read when the run ends, so what is written again until then needs a file of its own each time.',
  ],
  arguments: { path: required('path', 'a file, or a folder with all below it') },
  options: {
    name: text('--name <path>', 'what it is called in the run; its path from the top of the worktree when not given'),
    run: RUN_OPTION,
  },
  examples: [
    { line: 'mlv log-artifact out/model.bin', does: 'keep a file under its own path' },
    { line: 'mlv log-artifact /scratch/ckpt-90 --name checkpoints/90', does: 'keep a folder under another path' },
  ],
  run: async (session, { path }, { name, run }) => {
    const absolute = await loggedPath(session.openOptions.folder, path)
    const named = name === undefined ? {} : { name: parseArtifactPath(name) }
    return await logEntries(session, run, [{ kind: 'artifact', path: absolute, ...named }])
  },
})
