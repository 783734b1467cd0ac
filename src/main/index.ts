/** Electron's entry: gives the host the real Electron and the places of this installation. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess } from 'electron'
import { failureDocument } from '../shared/failure.ts'
import { createApplication } from './application.ts'
import { workerEntry } from './entry.ts'
import { startElectronHost } from './shell/electron.ts'
import { engineEnvironment } from './supervisor/environment.ts'
import { applicationRoot } from './supervisor/standard-engine.ts'

const root = applicationRoot()

// Electron and Chromium have switches of their own, so what is not known here is left to them.
const { workspace } = parseArgs({
  args: process.argv.slice(1),
  options: { workspace: { type: 'string' } },
  strict: false,
}).values

// Not awaited: Electron is ready only once this module has been loaded, and the host waits for that.
void startElectronHost(
  { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, utilityProcess },
  {
    createApplication(powers) {
      const application = createApplication(powers)
      if (typeof workspace === 'string') {
        const open = async () => application.handlers['workspace.open']({ dir: workspace, create: true })
        open().catch((error: unknown) => {
          const { message, remedy } = failureDocument(error)
          dialog.showErrorBox('Fanoscope', `${message}\n\n${remedy}`)
        })
      }
      return application
    },
    rendererFolder: join(root, 'out', 'renderer'),
    preloadFile: join(root, 'out', 'preload', 'index.js'),
    iconFile: join(root, 'resources', 'icon.png'),
    engineEntry: fileURLToPath(workerEntry('engine')),
    engineEnvironment: () => engineEnvironment(root, process.env),
  },
)
