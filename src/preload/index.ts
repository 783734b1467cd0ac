/** Electron's preload: the bridge over IPC. Runs sandboxed, so it is bundled into one file. */
import { contextBridge, ipcRenderer } from 'electron'
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
})

contextBridge.exposeInMainWorld('fanoscope', bridge)
