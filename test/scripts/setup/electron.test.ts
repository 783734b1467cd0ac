import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  electronAddress,
  electronIsSettled,
  electronProgram,
  provideElectron,
} from '../../../scripts/setup/electron.mjs'
import { placesIn } from '../../../scripts/setup/places.mjs'
import { createReport } from '../../../scripts/setup/report.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'
import { serve } from './file-server.ts'

const version = '45.4.1'
function project({ pathFile = true, dist = version as string | null } = {}) {
  const places = placesIn(temporaryFolder())
  mkdirSync(join(places.electron, 'dist'), { recursive: true })
  writeFileSync(join(places.electron, 'package.json'), JSON.stringify({ version }))
  if (pathFile) writeFileSync(join(places.electron, 'path.txt'), 'electron')
  if (dist !== null) {
    writeFileSync(join(places.electron, 'dist', 'version'), dist)
    writeFileSync(join(places.electron, 'dist', 'electron'), '')
  }
  return places
}
const refused = (at: string, which = version) => {
  const places = project({ pathFile: false, dist: null })
  mkdirSync(places.cache)
  writeFileSync(places.electronRefused, JSON.stringify({ version: which, at }))
  return places
}

describe('the Electron binary', () => {
  it('is there when its installer has finished', () => {
    const places = project({ dist: `v${version}` })
    expect(electronProgram(places, {})).toBe(join(places.electron, 'dist', 'electron'))
    expect(electronIsSettled(places, { env: {} })).toBe(true)
  })

  it('is not there half extracted, nor of another version', () => {
    for (const half of [{ pathFile: false }, { dist: null }, { dist: '44.0.0' }]) {
      const places = project(half)
      expect(electronProgram(places, {})).toBeNull()
      expect(electronIsSettled(places, { env: {} })).toBe(false)
    }
  })

  it('may be somewhere else, of whatever version', () => {
    const places = project({ dist: null })
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'electron'), '')
    const env = { ELECTRON_OVERRIDE_DIST_PATH: folder }
    expect(electronProgram(places, env)).toBe(join(folder, 'electron'))
  })

  it('that was refused is tried again after a day, or when asked', () => {
    const now = Date.parse('2026-05-02T12:00:00Z')
    expect(electronIsSettled(refused('2026-05-02T00:00:00Z'), { env: {}, now })).toBe(true)
    expect(electronIsSettled(refused('2026-05-01T11:59:59Z'), { env: {}, now })).toBe(false)
    const recent = refused('2026-05-02T00:00:00Z')
    expect(electronIsSettled(recent, { env: {}, now, again: true })).toBe(false)
    expect(electronIsSettled(recent, { env: { FANOSCOPE_ELECTRON: '1' }, now })).toBe(false)
    expect(electronIsSettled(refused('2026-05-02T00:00:00Z', '44.0.0'), { env: {}, now })).toBe(false)
  })

  it('that is not wanted is not missed', () => {
    const places = project({ pathFile: false, dist: null })
    expect(electronIsSettled(places, { env: { ELECTRON_SKIP_BINARY_DOWNLOAD: '1' } })).toBe(true)
  })

  it('is looked for where its own installer looks', () => {
    expect(electronAddress(version, {}, 'win32', 'x64')).toBe(
      'https://github.com/electron/electron/releases/download/v45.4.1/electron-v45.4.1-win32-x64.zip',
    )
    const env = { ELECTRON_MIRROR: 'https://mirror.example/', ELECTRON_CUSTOM_DIR: 'e-{{ version }}' }
    expect(electronAddress(version, env, 'linux', 'arm64')).toBe(
      'https://mirror.example/e-45.4.1/electron-v45.4.1-linux-arm64.zip',
    )
  })

  it('that cannot be had is no failure: it says why and what is used instead, and remembers', async () => {
    const { url } = await serve((_request, response) => response.writeHead(404).end())
    const places = project({ pathFile: false, dist: null })
    let text = ''
    const report = createReport({
      write: (more) => {
        text += more
      },
      live: false,
    })
    const env = { ELECTRON_MIRROR: `${new URL(url).origin}/`, electron_config_cache: temporaryFolder() }
    await provideElectron(places, report, env)
    expect(text).toMatch(/Electron 45\.4\.1: not possible, 127\.0\.0\.1:\d+ answered 404/)
    expect(text).toMatch(/Why: .*404.*\n.*Instead: the browser host.*\n.*To change that: .*ELECTRON_MIRROR/)
    expect(JSON.parse(readFileSync(places.electronRefused, 'utf8'))).toMatchObject({ version })
    expect(existsSync(join(places.downloads, `electron-${process.pid}`))).toBe(false)
    expect(electronIsSettled(places, { env: {} })).toBe(true)
  })
})
