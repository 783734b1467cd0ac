import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import type { ScoredImage, TaskMessage } from '../../../src/main/engine/protocol.ts'
import { launchChildEngine } from '../../../src/main/engine-host/child-process.ts'
import { engineEnvironment } from '../../../src/main/engine-host/environment.ts'
import { createSupervisor, type Supervisor } from '../../../src/main/engine-host/supervisor.ts'
import { failureOf } from '../../../src/shared/failure.ts'

const entry = fileURLToPath(new URL('./fixtures/scripted-engine.ts', import.meta.url))
const open: Supervisor[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((supervisor) => supervisor.stop()))
})

function supervise(variables: Record<string, string> = {}) {
  const output: string[] = []
  const supervisor = createSupervisor({
    launch: () =>
      launchChildEngine({
        entry,
        environment: { ...engineEnvironment('/nowhere', process.env), ...variables },
        onOutput: (text) => output.push(text),
      }),
    times: { backoff: () => 0, exit: 200 },
  })
  open.push(supervisor)
  return { supervisor, output }
}

const train = (script: string) => ({
  kind: 'train' as const,
  task: script,
  run: 'r',
  folder: '/runs/r',
  model: 'scripted',
  config: { script },
  seed: 1,
  resume: false,
  train: [],
  validation: [],
})

const images = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    file: `/${index}.png`,
    width: 4,
    height: 4,
    white: null,
  }))

describe('an engine in a process of its own', () => {
  test('trains, and its prints are heard but stay off this process’s output', async () => {
    const { supervisor, output } = supervise()
    const outcome = await supervisor.run(train('finish'), () => undefined)
    expect(outcome).toMatchObject({ kind: 'trained', result: { steps: 10, losses: { critic: 0.5 } } })
    expect(output.join('')).toContain('the scripted engine is here')
  })

  test('sends components as Float32Array', async () => {
    const { supervisor } = supervise()
    const rows: ScoredImage[] = []
    const outcome = await supervisor.run(
      { kind: 'score', task: 's', run: 'r', folder: '/runs/r', images: images(9), maps: true },
      (message: TaskMessage) => {
        if (message.type !== 'scored') return
        rows.push(...message.rows)
      },
    )
    expect(outcome).toMatchObject({ kind: 'scored', result: { images: 9 } })
    expect(rows[2]?.components).toBeInstanceOf(Float32Array)
    expect([...(rows[2]?.components ?? [])]).toEqual([Math.fround(0.003), 0.5])
  })

  test.each([
    ['crash', /exit code 7/],
    ['killed', /SIGKILL/],
    ['garbage', /does not understand/],
  ])('that ends by %s interrupts the task, and the next task runs in a new process', async (script, how) => {
    const { supervisor } = supervise()
    const outcome = await supervisor.run(train(script), () => undefined)
    expect(outcome.kind).toBe('interrupted')
    expect('failure' in outcome ? failureOf(outcome.failure).message : '').toMatch(how)
    expect(await supervisor.run(train('finish'), () => undefined)).toMatchObject({ kind: 'trained' })
  })

  test('pauses, continues and cancels', async () => {
    const { supervisor } = supervise()
    const said: string[] = []
    const outcome = await supervisor.run(train('until-cancelled'), (message) => {
      said.push(message.type)
      if (message.type === 'progress') supervisor.pause('until-cancelled')
      if (message.type === 'paused') supervisor.continue('until-cancelled')
      if (message.type === 'continued') supervisor.cancel('until-cancelled')
    })
    expect(said).toEqual(['progress', 'paused', 'continued'])
    expect(outcome).toEqual({ kind: 'cancelled', step: 4 })
  })

  test('that ignores the request to exit is killed', async () => {
    const { supervisor } = supervise({ SCRIPT: 'ignores-exit' })
    await supervisor.start()
    await supervisor.stop()
    expect(supervisor.state().state).toBe('stopped')
  })

  test('that dies while it starts is tried again and then given up', async () => {
    const { supervisor } = supervise({ SCRIPT: 'exits-at-start' })
    await expect(supervisor.start()).rejects.toMatchObject({ code: 'engine-start-failed' })
    expect(supervisor.state()).toMatchObject({ state: 'failed', crashes: 5 })
  })

  test('whose entry file is missing is a start failure', async () => {
    const supervisor = createSupervisor({
      launch: () => launchChildEngine({ entry: '/nowhere/engine.ts', environment: {} }),
      times: { backoff: () => 0 },
    })
    open.push(supervisor)
    await expect(supervisor.start()).rejects.toMatchObject({ code: 'engine-start-failed' })
  })
})
