import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mayBeShipped, readByHand } from '../../../scripts/bundle/licences.mjs'
import { isFor, packageOf, packagesFor } from '../../../scripts/bundle/locked-packages.mjs'
import { packageFaults, planBundle } from '../../../scripts/bundle/plan.mjs'
import { isThisSystem, systemNamed, systems } from '../../../scripts/bundle/systems.mjs'
import { placesIn, projectRoot } from '../../../scripts/setup/places.mjs'

const places = placesIn(projectRoot)
const folderOf = ({ path }: { path: string }): string => join(projectRoot, path)
const linux = systemNamed('linux-x64') ?? expect.unreachable()

describe('the plan of a bundle', () => {
  it.each(systems)('has all that runs on $name, and nothing for another system', (system) => {
    const plan = planBundle(places, system, { tensorflow: null })
    expect(plan.faults).toEqual([])
    const names = plan.packages.map(({ name }) => name)
    expect(names).toContain(system.nodePackage)
    expect(names).toContain(`@img/sharp-${system.platform}-${system.arch}`)
    expect(names).toContain('better-sqlite3')
    const platformNamed = names.filter((name) => /(?:linux|win32|darwin|-win-)/.test(name))
    for (const name of platformNamed)
      expect(name).toMatch(new RegExp(`${system.platform}|${system.nodePackage}`))
    for (const { name, integrity, address } of [...plan.packages, ...plan.inlined]) {
      expect(integrity, name).toMatch(/^sha\d+-/)
      expect(address, name).toMatch(/^https:/)
    }
    for (const { name, licence } of [...plan.packages, ...plan.inlined])
      expect(mayBeShipped(readByHand[name] ?? licence), `${name}: ${licence}`).toBe(true)
    // Nothing of the tools that build and test.
    expect(names).not.toContain('vitest')
    expect(names).not.toContain('vite')
  })

  it('says what only a computer of the other system can give', () => {
    for (const system of systems.filter((one) => !isThisSystem(one))) {
      const { lacks } = planBundle(places, system, { tensorflow: null })
      expect(lacks.join('\n')).toContain(`its binding for ${system.name}`)
    }
  })

  it('takes of every package only binaries of the system that it is for', () => {
    for (const system of systems) {
      const plan = planBundle(places, system, { tensorflow: null })
      // Those that run on one system alone are installed there.
      const everywhere = plan.packages.filter((one) => existsSync(folderOf(one)))
      expect(packageFaults({ ...plan, inlined: [], packages: everywhere }, folderOf)).toEqual([])
    }
  })

  it('finds a package that is not there, is another version, or is for another system', () => {
    const plan = planBundle(places, linux, { tensorflow: null })
    const sqlite = plan.packages.filter(({ name }) => name === 'better-sqlite3')
    const only = { ...plan, inlined: [], packages: sqlite }
    expect(packageFaults(only, folderOf)).toEqual([])
    expect(packageFaults(only, () => '/nowhere')).toContain('node_modules/better-sqlite3 was not fetched.')
    const older = { ...only, packages: sqlite.map((one) => ({ ...one, version: '0.0.1' })) }
    expect(packageFaults(older, folderOf).join()).toMatch(/is version [\d.]+, not 0\.0\.1/)
    const arm = { ...only, system: { ...linux, format: 'pe' as const } }
    expect(packageFaults(arm, folderOf)).toEqual([
      'node_modules/better-sqlite3/prebuilds/linux-x64.node is for another system.',
    ])
  })
})

describe('the packages of a system', () => {
  const lock = {
    'node_modules/a': {
      version: '1.0.0',
      dependencies: { b: '1', c: '1' },
      optionalDependencies: { d: '1' },
    },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { a: '1' } },
    'node_modules/c': { version: '1.0.0', os: ['win32'] },
    'node_modules/d': { version: '1.0.0', cpu: ['arm64'] },
    'node_modules/e': { name: 'another-e', version: '3.0.0', peerDependencies: { b: '1', f: '1' } },
  }

  it('are those that Node would load, each once, though they need each other', () => {
    const { packages, missing } = packagesFor(lock, ['a', 'e'], linux)
    expect(packages.map(({ path, name, version }) => `${path} ${name} ${version}`)).toEqual([
      'node_modules/a a 1.0.0',
      'node_modules/a/node_modules/b b 2.0.0',
      'node_modules/b b 1.0.0',
      'node_modules/e another-e 3.0.0',
    ])
    expect(missing).toEqual(['c (for node_modules/a)'])
  })

  it('follow what a package says of system, processor and C library', () => {
    expect(isFor({}, linux)).toBe(true)
    expect(isFor({ os: ['!linux'] }, linux)).toBe(false)
    expect(isFor({ os: 'linux', cpu: 'x64' }, linux)).toBe(true)
    expect(isFor({ libc: ['musl'] }, linux)).toBe(false)
    expect(isFor({ libc: ['glibc'] }, linux)).toBe(true)
  })

  it('are named by the beginning of an import', () => {
    expect(packageOf('csv-parse/sync')).toBe('csv-parse')
    expect(packageOf('@img/sharp/lib')).toBe('@img/sharp')
  })

  it('are in the dependencies of the project where main imports them', () => {
    const own = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
    const plan = planBundle(places, linux, { tensorflow: null })
    for (const name of ['sharp', 'fastify', '@tensorflow/tfjs-node-gpu', '@fontsource/noto-sans-sc']) {
      expect(Object.keys(own.dependencies)).toContain(name)
      expect(plan.packages.map((one) => one.name)).toContain(name)
    }
  })
})
