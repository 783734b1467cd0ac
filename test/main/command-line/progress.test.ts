import { describe, expect, it } from 'vitest'
import { createProgressDisplay } from '../../../src/main/command-line/progress.ts'

describe('progress that is not on a terminal', () => {
  it('is one line at the beginning of a phase and one for each tenth, with the time left', async () => {
    const lines: string[] = []
    const display = await createProgressDisplay({
      write: () => undefined,
      report: (text) => void lines.push(text),
      terminal: false,
      environment: {},
      home: '/',
      onInterrupt: () => () => undefined,
      onEnter: () => () => undefined,
      askHidden: async () => '',
      readLine: async () => '',
      keyboard: false,
    })
    for (let done = 0; done <= 40; done++) {
      display.show({ phase: 'gan', done, total: 40, secondsLeft: 160 - done * 4, paused: false })
    }
    display.show({ phase: 'verify', done: 1_500_000, total: 3_000_000, secondsLeft: null, paused: false })
    expect(lines).toHaveLength(12)
    expect(lines[0]).toBe('Training generator and critic: 0 of 40 (0 %), about 2 min 40 s left\n')
    expect(lines[5]).toBe('Training generator and critic: 20 of 40 (50 %), about 1 min 20 s left\n')
    expect(lines[11]).toBe('Checking: 1.5 MB of 3 MB (50 %)\n')
  })
})
