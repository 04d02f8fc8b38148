/**
 * Starts a run with the library, says where its folder is, and ends without sealing it: `node leave-run.js`.
 */
import { hostOptions, openRepository, startRun } from '../../../dist/index.js'

const repository = await openRepository(hostOptions())
const { folder } = await startRun(repository, { experiment: 'bench' })
process.stdout.write(folder, () => process.exit(0))
