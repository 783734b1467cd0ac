/** Opens the workspace given on the command line, says so, and holds it until it is killed. */
import { openWorkspace } from '../../../src/main/store/workspace.ts'

openWorkspace(process.argv[2] ?? '')
process.stdout.write('open\n')
setInterval(() => {}, 60_000)
