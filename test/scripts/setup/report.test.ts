import { describe, expect, it } from 'vitest'
import { reasonOf, SetupProblem } from '../../../scripts/setup/problem.mjs'
import {
  createReport,
  duration,
  megabytes,
  progressText,
  silentReport,
} from '../../../scripts/setup/report.mjs'

function reported(live: boolean, columns = 80) {
  let text = ''
  let time = 0
  const report = createReport({
    write: (more) => {
      text += more
    },
    live,
    columns,
    now: () => time,
    heading: 'Setting up',
  })
  return {
    report,
    text: () => text,
    lines: () => text.split('\n').slice(0, -1),
    pass: (milliseconds: number) => {
      time += milliseconds
    },
    /** What a terminal shows in the end: a carriage return begins the line anew. */
    screen: () =>
      text.split('\n').map(
        (line) =>
          line
            .split('\r')
            .filter((part) => part.trim())
            .at(-1) ?? '',
      ),
  }
}

describe('what set-up says', () => {
  it('is nothing as long as it does nothing', () => {
    const { report, text } = reported(false)
    expect([text(), report.steps()]).toEqual(['', 0])
  })

  it('is a heading once, then each step with what came of it and how long it took', () => {
    const { report, lines, pass } = reported(false)
    const packages = report.step('npm packages')
    pass(12_345)
    packages.done()
    const electron = report.step('Electron')
    pass(1_500)
    electron.fail('the network is away')
    const library = report.step('TensorFlow')
    pass(200_000)
    library.done('274 MB')
    expect(lines()).toEqual([
      'Setting up',
      '  npm packages ...',
      '  npm packages: done, 12 s',
      '  Electron ...',
      '  Electron: not possible, the network is away',
      '  TensorFlow ...',
      '  TensorFlow: 274 MB, 3 min 20 s',
    ])
    expect(report.steps()).toBe(3)
  })

  it('has a line of progress every ten seconds where nobody watches', () => {
    const { report, lines, pass } = reported(false)
    const step = report.step('download')
    for (let second = 1; second <= 25; second++) {
      pass(1000)
      step.bytes(second * 10e6, 274e6)
    }
    expect(lines().slice(2)).toEqual([
      '  download: 36 % (100 of 274 MB), 10 s',
      '  download: 72 % (200 of 274 MB), 20 s',
    ])
  })

  it('is one line that is rewritten on a terminal, never wider than it', () => {
    const { report, text, screen, pass } = reported(true, 30)
    const step = report.step('download of something with a long name')
    pass(1000)
    step.bytes(1e6, 2e6)
    for (const part of text().split(/[\r\n]/)) expect(part.length).toBeLessThan(30 + 40)
    pass(1000)
    step.done()
    expect(screen().slice(0, 2)).toEqual([
      'Setting up',
      '  download of something with a long name: done, 2.0 s',
    ])
  })

  it('of something that cannot be had is what, why, what instead and how to change that', () => {
    const { report, lines } = reported(false)
    report.notice({ what: 'No GPU.', why: 'old driver.', instead: 'the processor.', remedy: 'update it.' })
    expect(lines()).toEqual([
      '  Note: No GPU.',
      '    Why: old driver.',
      '    Instead: the processor.',
      '    To change that: update it.',
    ])
  })

  it('can be nothing at all', () => {
    const report = silentReport()
    report.step('x').done()
    report.line('x')
    expect(report.steps()).toBe(0)
  })
})

describe('numbers', () => {
  it.each([
    [0, '0.0 s'],
    [9_940, '9.9 s'],
    [10_000, '10 s'],
    [59_400, '59 s'],
    [60_000, '1 min 0 s'],
    [119_600, '2 min 0 s'],
  ])('%i ms are %s', (time, text) => expect(duration(time)).toBe(text))

  it('of bytes are megabytes', () => expect(megabytes(273_829_956)).toBe('274 MB'))

  it.each([
    [0, 100e6, '0 % (0 of 100 MB)'],
    [99.9e6, 100e6, '99 % (100 of 100 MB)'],
    [120e6, 100e6, '100 % (120 of 100 MB)'],
    [5e6, null, '5 MB'],
    [5e6, 0, '5 MB'],
  ])('%d bytes of %s are %s', (done, total, text) => expect(progressText(done, total)).toBe(text))
})

describe('a problem of set-up', () => {
  it('has a code, what happened and what to do', () => {
    const problem = new SetupProblem('disk-full', 'The disk is full.', 'Free some.', { cause: 1 })
    expect(problem).toMatchObject({ code: 'disk-full', remedy: 'Free some.', cause: 1 })
    expect(problem).toBeInstanceOf(Error)
  })

  it('is told in one line', () => {
    expect(reasonOf(new Error('first\nsecond'))).toBe('first')
    expect(reasonOf('a text')).toBe('a text')
  })
})
