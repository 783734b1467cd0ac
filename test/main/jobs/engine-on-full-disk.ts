/** The engine on a disk that takes FILES_UNTIL_FULL more files: writing the next one fails as the system would say. */
import { promises } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

let room = Number(process.env.FILES_UNTIL_FULL)
const { open } = promises
promises.open = async (path, flags, mode) => {
  const handle = await open(path, flags, mode)
  if (flags !== 'wx') return handle
  room -= 1
  if (room < 0) {
    handle.writeFile = async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    }
  }
  return handle
}
syncBuiltinESMExports()
await import('../../../src/main/app/engine.ts')
