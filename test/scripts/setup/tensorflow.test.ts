import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placesIn } from '../../../scripts/setup/places.mjs'
import { planSetup } from '../../../scripts/setup/plan.mjs'
import { createReport } from '../../../scripts/setup/report.mjs'
import { provideTensorflow, stallWatch, tensorflowIsReady } from '../../../scripts/setup/tensorflow.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

const machine = {
  platform: 'linux',
  arch: 'x64',
  nodeVersion: '24.0.0',
  gpu: null,
  glibc: '2.31',
  compilerMissing: [] as string[],
  python: true,
}
const plan = planSetup(machine)
const now = Date.parse('2026-05-02T12:00:00Z')
const minutesAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString()

/** A project whose set-up came to plain JavaScript for this reason. */
function fellBack({ code = 'unreachable', at = minutesAgo(1), compilerMissing = [] as string[] } = {}) {
  const places = placesIn(temporaryFolder())
  mkdirSync(dirname(places.outcome), { recursive: true })
  const tried = [{ name: '2.21.0-cpu', code, reason: 'x', remedy: 'y' }]
  writeFileSync(
    places.outcome,
    JSON.stringify({ wanted: '2.21.0-cpu', library: 'javascript', tried, compilerMissing, at }),
  )
  return places
}

describe('the TensorFlow step', () => {
  it('is to be done where it never was, and where the machine now wants something else', () => {
    expect(tensorflowIsReady(placesIn(temporaryFolder()), plan, machine, { now })).toBe(false)
    const withGpu = planSetup({ ...machine, gpu: { driver: '570.1' } })
    expect(tensorflowIsReady(fellBack(), withGpu, machine, { now })).toBe(false)
  })

  it('is tried again ten minutes after the network failed, and a day after anything else did', () => {
    const ready = (code: string, minutes: number): boolean =>
      tensorflowIsReady(fellBack({ code, at: minutesAgo(minutes) }), plan, machine, { now })
    for (const code of ['unreachable', 'pip-failed', 'wheel-broken', 'wheel-not-listed']) {
      expect([ready(code, 9), ready(code, 11)], code).toEqual([true, false])
    }
    expect([ready('disk-full', 11), ready('disk-full', 24 * 60 + 1)]).toEqual([true, false])
  })

  it('is tried again when asked, and when a compiler was installed', () => {
    expect(tensorflowIsReady(fellBack(), plan, machine, { now, again: true })).toBe(false)
    const without = fellBack({ code: 'compiler-missing', compilerMissing: ['make'] })
    expect(tensorflowIsReady(without, plan, { ...machine, compilerMissing: ['make'] }, { now })).toBe(true)
    expect(tensorflowIsReady(without, plan, machine, { now })).toBe(false)
  })

  it('is to be done where the library that it came to is not in place', () => {
    const places = fellBack()
    const outcome = JSON.parse(readFileSync(places.outcome, 'utf8'))
    const installed = { ...outcome, library: '2.21.0-cpu', root: places.root }
    writeFileSync(places.outcome, JSON.stringify(installed))
    expect(tensorflowIsReady(places, plan, machine, { now })).toBe(false)
  })

  it('without a compiler comes to what is left, and says what, why, what instead and what to do', async () => {
    const places = placesIn(temporaryFolder())
    let text = ''
    const write = (more: string): void => {
      text += more
    }
    const bare = { ...machine, compilerMissing: ['a C++ compiler', 'make'] }
    const [wheels, , javascript] = plan.tensorflow
    if (wheels === undefined || javascript === undefined) throw new Error('the plan is another one')
    const short = { ...plan, tensorflow: [wheels, javascript] }
    await provideTensorflow(places, short, bare, createReport({ write, live: false }))
    expect(text).toMatch(/Note: TensorFlow 2\.21\.0 .* could not be set up\./)
    expect(text).toMatch(/Why: .* needs a C\+\+ compiler and make\./)
    expect(text).toMatch(/Instead: plain JavaScript: everything works/)
    expect(text).toMatch(/To change that: Install them .*npm run setup -- --again/)
    expect(JSON.parse(readFileSync(places.outcome, 'utf8'))).toMatchObject({
      wanted: '2.21.0-cpu',
      library: 'javascript',
      version: null,
      gpu: false,
      tried: [{ name: '2.21.0-cpu', code: 'compiler-missing' }],
    })
    expect(existsSync(places.environment)).toBe(false)
    expect(tensorflowIsReady(places, short, bare)).toBe(true)
  })

  it('that is plain JavaScript from the start has nothing to say', async () => {
    const places = placesIn(temporaryFolder())
    const only = planSetup({ ...machine, env: { FANOSCOPE_BACKEND: 'cpu' } })
    let text = ''
    const write = (more: string): void => {
      text += more
    }
    await provideTensorflow(places, only, machine, createReport({ write, live: false }))
    expect(text).toBe('')
    expect(tensorflowIsReady(places, only, machine)).toBe(true)
  })
})

describe('a watch for what has stalled', () => {
  it('speaks only after nothing changed for as long as its patience', () => {
    let time = 0
    const watch = stallWatch(1000, () => time)
    const at = (when: number, bytes: number): string | undefined => {
      time = when
      return watch(bytes)
    }
    expect(at(0, 10)).toBeUndefined()
    expect(at(900, 10)).toBeUndefined()
    expect(at(950, 11)).toBeUndefined()
    expect(at(1900, 11)).toBeUndefined()
    expect(at(1951, 11)).toBe('nothing came for 1 s')
  })
})
