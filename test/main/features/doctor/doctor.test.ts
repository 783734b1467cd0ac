import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { launchChildEngine } from '../../../../src/main/engine-host/child-process.ts'
import { launchStandardEngine } from '../../../../src/main/engine-host/standard-engine.ts'
import { examine, findingsOf } from '../../../../src/main/features/doctor/doctor.ts'
import { doctorFacts } from '../../../../src/main/features/doctor/doctor-facts.ts'
import { doctorReportSchema, type MachineFacts } from '../../../../src/main/features/doctor/doctor-report.ts'
import { doctorText } from '../../../../src/main/features/doctor/doctor-text.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import { Failure } from '../../../../src/shared/failure.ts'
import { message } from '../../../../src/shared/messages/message.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'
import { fanoscope } from '../../command-line/fanoscope.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const english = wordsIn('en')

/** A machine that lacks nothing. */
const complete: MachineFacts = {
  version: '1.0.0',
  bundle: null,
  node: { version: '24.21.0', oldest: 22 },
  system: { platform: 'win32', release: '10.0.26100', arch: 'x64' },
  processor: { model: 'Some processor', threads: 16, instructions: ['AVX', 'AVX2'] },
  memory: { totalBytes: 64e9, freeBytes: 32e9 },
  gpus: [{ name: 'NVIDIA RTX A2000', driver: '550.54', memoryBytes: 6e9 }],
  engine: {
    provider: {
      backend: 'tensorflow',
      version: '2.21.0',
      gpu: true,
      device: 'GPU',
      why: message('library-sees-gpu'),
    },
    device: 'NVIDIA RTX A2000',
    proof: { device: 'GPU:0', side: 256, correct: true, gigaflops: 5000, failure: null },
    failure: null,
  },
  backbones: [
    {
      name: 'some-network',
      title: 'Some network',
      licence: 'Apache-2.0',
      copyright: 'Copyright (c) Somebody',
      origin: 'trained on photographs',
      address: 'https://example.org/network',
      wheel: 'some_network-1.0-py3-none-any.whl',
      weights: { file: '/data/some-network.safetensors', bytes: 1e7, source: 'setup' },
    },
  ],
  electron: { present: true, version: '45.4.1', reason: null },
  windowsBuilt: true,
  workspace: { dir: '/data/line4', state: 'there' },
  disk: { freeBytes: 500e9 },
}
const { engine } = complete

const codes = (known: MachineFacts): string[] =>
  findingsOf(known, null).map(({ code, weight }) => `${code} ${weight}`)

describe('what is missing', () => {
  it('is nothing on a complete machine', () => {
    expect(findingsOf(complete, null)).toEqual([])
    expect(doctorText({ ok: true, ...complete, facts: doctorFacts(complete), findings: [] })).toContain(
      'Nothing is missing.',
    )
  })

  it('of Electron and GPU is told otherwise in an offline bundle, where there is no npm', () => {
    const bundle = { system: 'linux-x64', commit: '0123456789abcdef', lacks: [] }
    const { provider } = complete.engine
    if (provider === null) return expect.unreachable()
    const known: MachineFacts = {
      ...complete,
      bundle,
      gpus: [],
      electron: { present: false, version: null, reason: null },
      engine: { ...complete.engine, provider: { ...provider, gpu: false } },
      backbones: complete.backbones.map((backbone) => ({ ...backbone, weights: null })),
      windowsBuilt: false,
    }
    expect(codes(known)).toEqual([
      'gpu-missing limits',
      'backbone-missing limits',
      'windows-not-built limits',
    ])
    const text = doctorText({
      ok: true,
      ...known,
      facts: doctorFacts(known),
      findings: findingsOf(known, null),
    })
    expect(text).not.toContain('npm')
    expect(text).toContain('1.0.0, offline bundle for linux-x64, commit 0123456789ab')
  })

  const cases: [what: string, found: string, known: MachineFacts][] = [
    ['an old Node', 'node-old blocks', { ...complete, node: { ...complete.node, version: '18.20.1' } }],
    [
      'an engine that does not start',
      'engine-broken blocks',
      {
        ...complete,
        engine: {
          provider: null,
          device: null,
          proof: null,
          failure: { code: 'engine-start-failed', params: {} },
        },
      },
    ],
    [
      'an engine that computes wrongly',
      'engine-wrong blocks',
      {
        ...complete,
        engine: {
          ...engine,
          proof: { device: 'GPU:0', side: 256, correct: false, gigaflops: 1, failure: null },
        },
      },
    ],
    [
      'plain JavaScript in the place of TensorFlow',
      'tensorflow-missing limits',
      {
        ...complete,
        engine: {
          ...engine,
          provider: {
            backend: 'cpu',
            version: '4.22.0',
            gpu: false,
            device: 'CPU',
            why: message('library-without-binding'),
          },
        },
      },
    ],
    [
      'a TensorFlow that leaves the GPU alone',
      'gpu-unused limits',
      {
        ...complete,
        engine: {
          ...engine,
          provider: {
            backend: 'tensorflow',
            version: '2.21.0',
            gpu: false,
            device: 'CPU',
            why: message('library-sees-no-gpu'),
          },
        },
      },
    ],
    [
      'Electron',
      'electron-missing limits',
      { ...complete, electron: { present: false, version: null, reason: 'No network.' } },
    ],
    ['the windows', 'windows-not-built limits', { ...complete, windowsBuilt: false }],
    ['room on the disk', 'disk-nearly-full limits', { ...complete, disk: { freeBytes: 300e6 } }],
  ]
  it.each(cases)('tells of %s: %s', (_what, found, known) => {
    expect(codes(known)).toEqual([found])
  })

  it('always says what it costs and what to do', () => {
    for (const [, , known] of cases) {
      const findings = findingsOf(known, null)
      const text = doctorText({ ok: false, ...known, facts: doctorFacts(known), findings })
      for (const finding of findings) {
        for (const part of ['title', 'cost', 'remedy']) {
          expect(text).toContain(english.text('finding', finding, part))
        }
      }
    }
  })

  it('tells what blocks before what limits', () => {
    const known = { ...complete, node: { ...complete.node, version: '18.0.0' }, windowsBuilt: false }
    expect(codes({ ...known, electron: { present: false, version: null, reason: null } })).toEqual([
      'node-old blocks',
      'electron-missing limits',
      'windows-not-built limits',
    ])
  })

  it('names the GPU that TensorFlow does not use', () => {
    const provider = {
      backend: 'tensorflow',
      version: '2.21.0',
      gpu: false,
      device: 'CPU',
      why: message('library-sees-no-gpu'),
    }
    const [finding] = findingsOf({ ...complete, engine: { ...engine, provider } }, null)
    expect(finding?.params.gpu).toBe('NVIDIA RTX A2000')
  })
})

describe('the doctor', () => {
  const nothing = async () => null

  it('proves by an engine of its own which device executes', async () => {
    const dir = join(temporaryFolder(), 'none')
    const { engine, ok } = await examine({
      workspace: dir,
      isOpen: false,
      launchEngine: launchStandardEngine,
    })
    expect(ok).toBe(true)
    expect(engine.failure).toBeNull()
    expect(engine.proof).toMatchObject({ correct: true, failure: null })
    const native = engine.provider?.gpu ? 'GPU:0' : 'CPU:0'
    expect(engine.proof?.device).toBe(engine.provider?.backend === 'tensorflow' ? native : 'JavaScript')
  })

  it('lives, and says what the engine said last, where TensorFlow takes the engine down with it', async () => {
    const entry = join(temporaryFolder(), 'engine.mjs')
    writeFileSync(entry, 'console.error("Illegal instruction in libtensorflow"); process.exit(132)')
    const report = await examine({
      workspace: join(temporaryFolder(), 'none'),
      isOpen: false,
      launchEngine: (onOutput) => launchChildEngine({ entry, environment: {}, onOutput }),
      ask: nothing,
    })
    expect(report.ok).toBe(false)
    expect(report.engine.provider).toBeNull()
    expect(report.engine.failure?.params.words).toContain('Illegal instruction in libtensorflow')
    const [finding] = report.findings
    expect(finding && english.text('finding', finding, 'title')).toContain(
      'Illegal instruction in libtensorflow',
    )
    expect(doctorText(report)).toContain('Nothing can be trained or scored.')
  })

  it('lives where the engine cannot even be launched', async () => {
    const report = await examine({
      workspace: join(temporaryFolder(), 'none'),
      isOpen: false,
      launchEngine() {
        throw new Failure('environment-file-invalid', { file: '/set-up/env.json' })
      },
      ask: nothing,
    })
    expect(report.engine.failure).toEqual({
      code: 'environment-file-invalid',
      params: { file: '/set-up/env.json' },
    })
    const [finding] = report.findings
    expect(finding?.code).toBe('engine-broken')
    expect(finding && english.text('finding', finding, 'title')).toBe(
      '/set-up/env.json does not hold environment variables.',
    )
    expect(finding && english.text('finding', finding, 'remedy')).toContain('Delete')
  })

  it('makes no workspace, and tells one that is there from one that is in use', async () => {
    const state = async (workspace: string) => {
      const entry = join(temporaryFolder(), 'engine.mjs')
      writeFileSync(entry, '')
      const launchEngine = () => launchChildEngine({ entry, environment: {} })
      return (await examine({ workspace, isOpen: false, launchEngine, ask: nothing })).workspace.state
    }
    const dir = join(temporaryFolder(), 'workspace')
    expect(await state(dir)).toBe('absent')
    expect(existsSync(dir)).toBe(false)
    openWorkspace(dir, { create: true }).close()
    const before = readdirSync(dir)
    expect(await state(dir)).toBe('there')
    expect(readdirSync(dir)).toEqual(before)
    const holder = spawn(process.execPath, [resolve('test/main/store/hold-workspace.ts'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    expect(await state(dir)).toBe('in-use')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
  })
})

describe('doctor on the command line', () => {
  it('prints the report as data, without a workspace', async () => {
    const dir = join(temporaryFolder(), 'none')
    const { code, document } = await fanoscope(['doctor', '--workspace', dir, '--json'])
    expect(code).toBe(0)
    expect(doctorReportSchema.parse(document())).toMatchObject({
      ok: true,
      node: { version: process.versions.node },
      workspace: { dir, state: 'absent' },
    })
  })

  it('says in text what it costs that TensorFlow is not used', async () => {
    const { code, stdout } = await fanoscope(['doctor'], { environment: { FANOSCOPE_BACKEND: 'cpu' } })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^TensorFlow +not used/m)
    expect(stdout).toMatch(/^Proof +matrix product, 256 x 256 on JavaScript: right/m)
    expect(stdout).toContain('many times slower')
  })

  it('exits 1 where the workspace is in the way', async () => {
    const dir = temporaryFolder()
    mkdirSync(join(dir, 'owner.lock'))
    writeFileSync(join(dir, 'fanoscope.db'), 'not a database')
    const { code, document } = await fanoscope(['doctor', '--workspace', dir, '--json'])
    expect(code).toBe(1)
    expect(document()).toMatchObject({ ok: false, workspace: { state: 'unusable' } })
  })
})
