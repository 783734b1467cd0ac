/** Opens the workspace given on the command line, says so, and holds it until it is killed. */
import { openWorkspace } from '../../../src/main/store/workspace.ts'

const workspace = openWorkspace(process.argv[2] ?? '')
process.stdout.write('open\n')
// Named here so that it is not collected as garbage, its lock with it.
setInterval(() => workspace.dir, 60_000)
