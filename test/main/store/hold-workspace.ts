/** Opens the workspace given on the command line, says so, and holds it until it is killed. */
import { openWorkspace } from '../../../src/main/store/workspace.ts'

const workspace = openWorkspace(process.argv[2] ?? '')
process.stdout.write('open\n')
// What nothing refers to is collected, and gives the workspace back.
setInterval(() => workspace.db.now(), 60_000)
