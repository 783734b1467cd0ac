/** The entry of the program in Electron: gives the host the real Electron and the paths of this installation. */

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  protocol,
  safeStorage,
  screen,
  session,
  utilityProcess,
} from 'electron'
import './platform/wasm-wrappers.ts'
import { failureDocument } from '../shared/failure.ts'
import { createApplication } from './app/application.ts'
import { engineEnvironment } from './engine-host/environment.ts'
import { applicationRoot } from './platform/application-root.ts'
import { useAuditKey } from './platform/audit-key.ts'
import { defaultWorkspace } from './platform/default-workspace.ts'
import { useSecretStore } from './platform/kept-secrets.ts'
import { stateFile } from './platform/preferences.ts'
import { programFile } from './platform/program-file.ts'
import { readPolicy } from './platform/station-policy.ts'
import { surviveStrayErrors } from './platform/stray-errors.ts'
import { startElectronHost } from './shell/electron.ts'
import { reportToStandardError } from './shell/hosted.ts'

const root = applicationRoot()

// Unknown options are allowed, because Electron and Chromium have options of their own.
const { workspace } = parseArgs({
  args: process.argv.slice(1),
  options: { workspace: { type: 'string' } },
  strict: false,
}).values

// Not awaited: Electron is ready only once this module has been loaded, and the host waits for that.
void startElectronHost(
  { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, screen, utilityProcess },
  {
    createApplication(powers) {
      useAuditKey(dirname(stateFile(process.env)), safeStorage)
      useSecretStore(safeStorage)
      const application = createApplication(powers)
      surviveStrayErrors(process, (error) => {
        reportToStandardError('An error that nobody waited for:', error)
        application.stray(error)
      })
      const set = readPolicy(process.env)?.policy.workspace
      const dir = typeof workspace === 'string' ? workspace : set && defaultWorkspace(process.env)
      if (dir !== undefined) {
        const open = async () =>
          application.handlers['workspace.open']({ dir, create: true, readOnly: false })
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
    engineEntry: fileURLToPath(programFile('engine')),
    engineEnvironment: () => engineEnvironment(root, process.env),
  },
)
