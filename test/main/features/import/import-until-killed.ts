/** Imports a folder into a workspace, printing how many files are done; for being killed in the middle. */
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'

const [dir = '', folder = ''] = process.argv.slice(2)
const workspace = openWorkspace(dir, { create: true })
await importFolder(workspace, {
  folder,
  dataset: 'parts',
  onProgress: ({ done }) => void process.stdout.write(`${done}\n`),
})
process.stdout.write('finished\n')
workspace.close()
