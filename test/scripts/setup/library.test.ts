import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  libraryEnvironment,
  libraryIsWhole,
  provideLibrary,
  usualFetch,
} from '../../../scripts/setup/library.mjs'
import { placesIn } from '../../../scripts/setup/places.mjs'
import { SetupProblem } from '../../../scripts/setup/problem.mjs'
import { createReport, silentReport } from '../../../scripts/setup/report.mjs'
import { isNeeded, type Wheel, wheelFile } from '../../../scripts/setup/wheels.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'
import { zipBytes } from './zip-archive.ts'

/** A wheel with these files, and its bytes. */
function wheelOf(project: string, files: Record<string, string>): { wheel: Wheel; bytes: Buffer } {
  const bytes = zipBytes(Object.entries(files).map(([name, content]) => ({ name, content })))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return {
    bytes,
    wheel: { project, version: '1.0', tag: 'py3-none-manylinux_2_27_x86_64', bytes: bytes.length, sha256 },
  }
}

const tensorflow = wheelOf('tensorflow', {
  'tensorflow/libtensorflow_cc.so.2': 'library',
  'tensorflow/include/tensorflow/c/c_api.h': 'header',
  'tensorflow/python/keras.py': 'python',
})
const cuda = wheelOf('nvidia-cuda', { 'nvidia/cuda_runtime/lib/libcudart.so.12': 'cuda' })
const wheels = [tensorflow.wheel, cuda.wheel]
const content = new Map([tensorflow, cuda].map(({ wheel, bytes }) => [wheelFile(wheel), bytes]))
const way = {
  way: 'wheel' as const,
  library: 'x64-gpu' as const,
  name: '1.0-gpu',
  version: '1.0',
  gpu: true,
  bytes: 1,
  disk: 1000,
  needs: [],
}

function library() {
  const places = placesIn(temporaryFolder())
  const fetched: string[] = []
  const fetch = async (wheel: Wheel, folder: string): Promise<void> => {
    const file = wheelFile(wheel)
    fetched.push(wheel.project)
    writeFileSync(join(folder, file), content.get(file) ?? '')
  }
  return { places, fetched, fetch, folder: join(places.tensorflow, way.name) }
}

describe('TensorFlow’s library out of wheels', () => {
  it('holds what is needed and nothing else, and the wheels are gone', async () => {
    const { places, fetch, folder } = library()
    await provideLibrary(places, way, silentReport(), { fetch, wheels })
    expect(readFileSync(join(folder, 'tensorflow/libtensorflow_cc.so.2'), 'utf8')).toBe('library')
    expect(existsSync(join(folder, 'tensorflow/include/tensorflow/c/c_api.h'))).toBe(true)
    expect(existsSync(join(folder, 'tensorflow/python'))).toBe(false)
    expect(existsSync(join(folder, 'nvidia/cuda_runtime/lib/libcudart.so.12'))).toBe(true)
    expect(wheels.map((wheel) => existsSync(join(places.downloads, wheelFile(wheel))))).toEqual([
      false,
      false,
    ])
    expect(libraryIsWhole(folder)).toBe(true)
  })

  it('that is there is not fetched again', async () => {
    const { places, fetch, fetched } = library()
    await provideLibrary(places, way, silentReport(), { fetch, wheels })
    await provideLibrary(places, way, silentReport(), { fetch, wheels })
    expect(fetched).toEqual(['tensorflow', 'nvidia-cuda'])
  })

  it('goes on after an interruption with the wheel that was not complete', async () => {
    const { places, fetched, fetch, folder } = library()
    const breaking = async (wheel: Wheel, to: string): Promise<void> => {
      if (wheel.project === 'nvidia-cuda') throw new SetupProblem('unreachable', 'gone', 'Check.')
      await fetch(wheel, to)
    }
    const first = provideLibrary(places, way, silentReport(), { fetch: breaking, wheels })
    await expect(first).rejects.toMatchObject({ code: 'unreachable' })
    expect([existsSync(folder), libraryIsWhole(folder)]).toEqual([false, false])
    await provideLibrary(places, way, silentReport(), { fetch, wheels })
    expect(fetched).toEqual(['tensorflow', 'nvidia-cuda'])
    expect(libraryIsWhole(folder)).toBe(true)
  })

  it('takes a wheel that a run before had fetched whole', async () => {
    const { places, fetched, fetch } = library()
    mkdirSync(places.downloads, { recursive: true })
    writeFileSync(join(places.downloads, wheelFile(tensorflow.wheel)), tensorflow.bytes)
    await provideLibrary(places, way, silentReport(), { fetch, wheels })
    expect(fetched).toEqual(['nvidia-cuda'])
  })

  it('refuses a wheel of another content and keeps nothing of it', async () => {
    const { places } = library()
    const fetch = async (wheel: Wheel, folder: string): Promise<void> =>
      writeFileSync(join(folder, wheelFile(wheel)), Buffer.alloc(wheel.bytes))
    await expect(provideLibrary(places, way, silentReport(), { fetch, wheels })).rejects.toMatchObject({
      code: 'wheel-broken',
      message: expect.stringContaining(wheelFile(tensorflow.wheel)),
    })
    expect(existsSync(join(places.downloads, wheelFile(tensorflow.wheel)))).toBe(false)
  })

  it('is not begun on a disk that is too small, which says how much is missing', async () => {
    const { places, fetch, fetched } = library()
    const large = { ...way, disk: 5.2e9 }
    const started = provideLibrary(places, large, silentReport(), { fetch, wheels, free: () => 3e9 })
    await expect(started).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/5200 MB.*3000 MB/),
      remedy: expect.stringContaining('Free'),
    })
    expect(fetched).toEqual([])
  })

  it('that was damaged is seen', async () => {
    const { places, fetch, folder } = library()
    await provideLibrary(places, way, silentReport(), { fetch, wheels })
    truncateSync(join(folder, 'tensorflow/libtensorflow_cc.so.2'), 3)
    expect(libraryIsWhole(folder)).toBe(false)
    await provideLibrary(places, way, silentReport(), { fetch, wheels })
    expect(libraryIsWhole(folder)).toBe(true)
  })

  it('says which wheel of how many, and why it did not come', async () => {
    const { places } = library()
    let text = ''
    const write = (more: string): void => {
      text += more
    }
    const fetch = async (): Promise<void> => {
      throw new SetupProblem('unreachable', 'pypi.org cannot be reached.', 'Check the network.')
    }
    const started = provideLibrary(places, way, createReport({ write, live: false }), { fetch, wheels })
    await expect(started).rejects.toMatchObject({ code: 'unreachable' })
    expect(text).toContain('download tensorflow (1 of 2): not possible, pypi.org cannot be reached.')
  })

  it('tells processes where CUDA’s libraries are', async () => {
    const { places, fetch, folder } = library()
    await provideLibrary(places, way, silentReport(), { fetch, wheels })
    expect(libraryEnvironment(folder)).toEqual({
      LD_LIBRARY_PATH: join(folder, 'nvidia', 'cuda_runtime', 'lib'),
      PATH: join(folder, 'nvidia', 'cuda_nvcc', 'bin'),
    })
    expect(libraryEnvironment(places.root)).toEqual({})
  })
})

describe('the way to a wheel', () => {
  const pip = { program: 'python3', before: ['-m', 'pip'] }
  const fail = (name: string) => async () => {
    throw new SetupProblem('unreachable', `${name} fails`, 'Check.')
  }
  async function waysTaken(options: { pip: typeof pip | null; settings: boolean; nodeFails: boolean }) {
    const taken: string[] = []
    const fetch = await usualFetch({
      pip: options.pip,
      hasSettings: async () => options.settings,
      async byNode() {
        taken.push('node')
        if (options.nodeFails) await fail('node')()
      },
      async byPip() {
        taken.push('pip')
      },
    })
    await fetch(tensorflow.wheel, '/to', () => undefined)
    return taken
  }

  it('is Node, which goes on where a download broke', async () => {
    expect(await waysTaken({ pip, settings: false, nodeFails: false })).toEqual(['node'])
    expect(await waysTaken({ pip: null, settings: true, nodeFails: false })).toEqual(['node'])
  })

  it('is pip where this site gave it settings', async () => {
    expect(await waysTaken({ pip, settings: true, nodeFails: true })).toEqual(['pip'])
  })

  it('is pip where Node does not get through', async () => {
    expect(await waysTaken({ pip, settings: false, nodeFails: true })).toEqual(['node', 'pip'])
  })

  it('that neither finds fails with Node’s reason', async () => {
    const options = { pip, hasSettings: async () => false, byNode: fail('node'), byPip: fail('pip') }
    const fetch = await usualFetch(options)
    await expect(fetch(tensorflow.wheel, '/to', () => undefined)).rejects.toMatchObject({
      message: 'node fails',
    })
  })
})

describe('a file of a wheel', () => {
  it.each([
    'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/include/tensorflow/c/c_api.h',
    'nvidia/cublas/lib/libcublas.so.12',
    'nvidia/cuda_nvcc/bin/ptxas',
    'tensorflow-2.21.0.dist-info/LICENSE',
  ])('is needed: %s', (name) => expect(isNeeded(name)).toBe(true))

  it.each([
    'tensorflow/python/_pywrap_tensorflow_internal.so',
    'tensorflow/include/Eigen/Core',
    'nvidia/nccl/lib/libnccl.alt.so.2',
    'nvidia/cuda_nvcc/bin/nvcc',
    'tensorflow/__init__.py',
  ])('is not needed: %s', (name) => expect(isNeeded(name)).toBe(false))
})
