import { describe, expect, it } from 'vitest'
import type { ToEngine } from '../../../src/main/engine/protocol.ts'
import { launchUtilityEngine, type UtilityEngineOptions } from '../../../src/main/shell/utility-process.ts'
import { fakeChild } from './fake-child.ts'

function launch(child = fakeChild(4711)) {
  const forks: Parameters<UtilityEngineOptions['fork']>[] = []
  const kills: [number, string][] = []
  const output: string[] = []
  const engine = launchUtilityEngine({
    fork(...all) {
      forks.push(all)
      return child
    },
    entry: '/out/main/engine.js',
    environment: { TF_CPP_MIN_LOG_LEVEL: '1' },
    onOutput: (text) => output.push(text),
    kill: (id, signal) => kills.push([id, signal]),
  })
  return { child, engine, forks, kills, output }
}

const cancel: ToEngine = { type: 'cancel', task: 't-1' }

describe('an engine in a utility process', () => {
  it('gets the entry, its environment and no standard streams of main', () => {
    const { forks } = launch()
    expect(forks).toEqual([
      [
        '/out/main/engine.js',
        [],
        {
          env: { TF_CPP_MIN_LOG_LEVEL: '1' },
          serviceName: 'Fanoscope engine',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      ],
    ])
  })

  it('is sent messages and is heard', () => {
    const { child, engine } = launch()
    const heard: unknown[] = []
    engine.onMessage((message) => heard.push(message))
    engine.send(cancel)
    child.emit('message', { type: 'ready', components: new Float32Array([0.5]) })
    expect(child.posted).toEqual([cancel])
    expect(heard).toEqual([{ type: 'ready', components: new Float32Array([0.5]) }])
  })

  it('prints to main and not over main’s own output', () => {
    const { child, output } = launch()
    child.print('oneDNN is on')
    child.stderr.emit('data', 'a warning')
    expect(output).toEqual(['oneDNN is on', 'a warning'])
  })

  it('may not have a number yet', () => {
    const { child, engine } = launch(fakeChild())
    expect(engine.pid).toBeUndefined()
    child.pid = 12
    expect(engine.pid).toBe(12)
  })

  it('says once that it ended, to everybody who asked, with its code', () => {
    const { child, engine } = launch()
    const ends: unknown[] = []
    engine.onExit((...all) => ends.push(all))
    engine.onExit((...all) => ends.push(all))
    child.end(137)
    child.end(137)
    expect(ends).toEqual([
      [137, null],
      [137, null],
    ])
  })

  it('that ended before anybody asked says so, also where it never got a number', async () => {
    const { child, engine } = launch(fakeChild())
    child.end(1)
    const ends: unknown[] = []
    await new Promise<void>((resolve) =>
      engine.onExit((...all) => {
        ends.push(all)
        resolve()
      }),
    )
    engine.send(cancel)
    engine.kill()
    expect([ends, child.posted, child.kills, engine.pid]).toEqual([[[1, null]], [], 0, undefined])
  })

  it('cannot be sent what no clone can be made of: the error is told, not lost', () => {
    const { engine } = launch()
    const message: object = { ...cancel, task: () => 't-1' }
    expect(() => Reflect.apply(engine.send, engine, [message])).toThrow(/could not be cloned/)
  })

  it('is killed at once, without time to clean up', () => {
    const { child, engine, kills } = launch()
    engine.kill()
    expect([kills, child.kills]).toEqual([[[4711, 'SIGKILL']], 0])
  })

  it('is killed by Electron where it has no number', () => {
    const { child, engine, kills } = launch(fakeChild())
    engine.kill()
    expect([kills, child.kills]).toEqual([[], 1])
  })

  it('that has ended is neither sent anything nor killed: its number may be somebody else’s', () => {
    const { child, engine, kills } = launch()
    child.end(0)
    engine.send(cancel)
    engine.kill()
    expect([child.posted, kills, child.kills]).toEqual([[], [], 0])
  })
})
