/** Electron's preload: the bridge over IPC. Runs sandboxed, so it is bundled into one file. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { createBridge } from './bridge.ts'
import { assetBase, callChannel, eventChannel } from './channels.ts'

const bridge = createBridge({
  host: 'electron',
  assetBase,
  transport: {
    call: (name, input) => ipcRenderer.invoke(callChannel, name, input),
    listen(listener) {
      ipcRenderer.on(eventChannel, (_event, name, payload) => listener(name, payload))
    },
  },
  droppedPath: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
  sendDropped: () => Promise.reject(new Error('Main reads what was dropped by its path.')),
})

contextBridge.exposeInMainWorld('fanoscope', bridge)
