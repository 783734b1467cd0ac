import { describe, expect, it } from 'vitest'
import { chooseHost } from '../../../scripts/start/host.mjs'

const program = '/electron'

describe('npm start', () => {
  it('opens Electron where its binary and a desktop are', () => {
    for (const machine of [
      { platform: 'win32', env: {} },
      { platform: 'darwin', env: {} },
      { platform: 'linux', env: { DISPLAY: ':0' } },
      { platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' } },
    ]) {
      expect(chooseHost({ electron: program, ...machine })).toEqual({ host: 'electron', program })
    }
  })

  it('opens the browser host elsewhere, and says why', () => {
    const choose = (electron: string | null, platform: string, env = {}) =>
      chooseHost({ electron, platform, env })
    expect(choose(null, 'win32')).toMatchObject({ host: 'browser', why: expect.stringContaining('binary') })
    expect(choose(program, 'linux')).toMatchObject({ why: expect.stringContaining('desktop') })
    expect(choose(program, 'win32', { FANOSCOPE_HOST: 'browser' })).toMatchObject({
      why: expect.stringContaining('FANOSCOPE_HOST'),
    })
  })
})
