import { afterEach, describe, expect, test } from 'vitest'
import type {
  EngineTask,
  FromEngine,
  TaskMessage,
  ToEngine,
  TrainTask,
} from '../../../src/main/engine/protocol.ts'
import type { EngineChannel } from '../../../src/main/engine-host/channel.ts'
import {
  createSupervisor,
  type Supervisor,
  type SupervisorTimes,
} from '../../../src/main/engine-host/supervisor.ts'
import type { EngineState } from '../../../src/shared/engine.ts'

/** One end of an engine channel in this process: the test plays the engine. */
class PlayedEngine implements EngineChannel {
  readonly pid = 1
  readonly heard: ToEngine[] = []
  killed = false
  #message: (message: unknown) => void = () => undefined
  #exit: (code: number | null, signal: string | null) => void = () => undefined

  send(message: ToEngine): void {
    this.heard.push(message)
    if (message.type === 'exit' && this.exitsWhenAsked) this.exit(0, null)
  }
  exitsWhenAsked = true
  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener
  }
  onExit(listener: (code: number | null, signal: string | null) => void): void {
    this.#exit = listener
  }
  kill(): void {
    this.killed = true
    this.exit(null, 'SIGKILL')
  }
  says(message: FromEngine | Record<string, unknown>): void {
    this.#message(message)
  }
  ready(): void {
    this.says({
      type: 'ready',
      provider: {
        backend: 'played',
        version: '1',
        gpu: false,
        device: '',
        why: { code: 'library-sees-gpu', params: {} },
      },
    })
  }
  exit(code: number | null, signal: string | null): void {
    this.#exit(code, signal)
  }
}

const task = (id: string): TrainTask => ({
  kind: 'train',
  task: id,
  run: 'r',
  folder: '/runs/r',
  model: 'fanogan',
  config: {},
  seed: 1,
  resume: false,
  train: [],
  validation: [],
})

const open: Supervisor[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((supervisor) => supervisor.stop()))
})

function supervise(times: Partial<SupervisorTimes> = {}) {
  const engines: PlayedEngine[] = []
  const states: EngineState['state'][] = []
  const waiting: { count: number; resolve: (engine: PlayedEngine) => void }[] = []
  const supervisor = createSupervisor({
    launch: () => {
      const engine = new PlayedEngine()
      engines.push(engine)
      for (const wait of waiting) if (wait.count === engines.length) wait.resolve(engine)
      return engine
    },
    onState: (state) => states.push(state.state),
    times: { backoff: () => 0, ...times },
  })
  open.push(supervisor)
  /** The nth engine that was launched, as soon as it is. */
  const engine = (count: number): Promise<PlayedEngine> =>
    new Promise((resolve) => {
      const present = engines[count - 1]
      if (present) resolve(present)
      else waiting.push({ count, resolve })
    })
  return { supervisor, engines, states, engine }
}

async function withReadyEngine(times: Partial<SupervisorTimes> = {}) {
  const it = supervise(times)
  const started = it.supervisor.start()
  const engine = await it.engine(1)
  engine.ready()
  await started
  return { ...it, first: engine }
}

describe('starting', () => {
  test('no engine process exists before it is needed', () => {
    const { supervisor, engines } = supervise()
    expect(engines).toHaveLength(0)
    expect(supervisor.state()).toEqual({ state: 'stopped', provider: null, crashes: 0 })
  })

  test('two who start it share one process', async () => {
    const { supervisor, engines, engine } = supervise()
    const both = Promise.all([supervisor.start(), supervisor.start()])
    ;(await engine(1)).ready()
    await both
    expect(engines).toHaveLength(1)
    expect(supervisor.state().provider?.backend).toBe('played')
  })

  test('an engine that never gets ready is given up after the limit, with a remedy', async () => {
    const { supervisor } = supervise({ ready: 1 })
    await expect(supervisor.start()).rejects.toMatchObject({ code: 'engine-start-failed' })
    expect(supervisor.state()).toMatchObject({ state: 'failed', crashes: 5 })
  })

  test('after giving up, asking again tries again', async () => {
    const { supervisor, engine } = supervise({ ready: 20 })
    await supervisor.start().catch(() => undefined)
    const again = supervisor.start()
    ;(await engine(6)).ready()
    await expect(again).resolves.toMatchObject({ backend: 'played' })
  })

  test('a process that cannot be launched at all is a start failure, not an exception', async () => {
    const supervisor = createSupervisor({
      launch: () => {
        throw new Error('no such file')
      },
      times: { backoff: () => 0 },
    })
    await expect(supervisor.start()).rejects.toMatchObject({
      code: 'engine-start-failed',
      message: expect.stringContaining('no such file'),
    })
  })
})

describe('a task', () => {
  test('is sent when the engine is ready, and its end is the outcome', async () => {
    const { supervisor, engine } = supervise()
    const outcome = supervisor.run(task('a'), () => undefined)
    const first = await engine(1)
    expect(first.heard).toEqual([])
    first.ready()
    await expect.poll(() => first.heard.map((message) => message.type)).toEqual(['run'])
    first.says({ type: 'cancelled', task: 'a', step: 3 })
    await expect(outcome).resolves.toEqual({ kind: 'cancelled', step: 3 })
    expect(supervisor.state().state).toBe('ready')
  })

  test('is alone: a second one is refused while the first is at work', async () => {
    const { supervisor, first } = await withReadyEngine()
    const outcome = supervisor.run(task('a'), () => undefined)
    await expect.poll(() => first.heard).toHaveLength(1)
    await expect(supervisor.run(task('b'), () => undefined)).rejects.toMatchObject({ code: 'engine-busy' })
    first.says({ type: 'cancelled', task: 'a', step: 0 })
    await outcome
  })

  test('shares the engine where it streams with those that do too, and with no other', async () => {
    const { supervisor, first } = await withReadyEngine()
    const stream = (id: string): EngineTask<'score'> => ({
      kind: 'score',
      task: id,
      run: 'r',
      folder: '/runs/r',
      images: [],
      maps: true,
      stream: true,
    })
    const heard: string[] = []
    const observe = (id: string) => (message: TaskMessage<'score'>) => heard.push(`${id}: ${message.type}`)
    const a = supervisor.run(stream('a'), observe('a'))
    const b = supervisor.run(stream('b'), observe('b'))
    await expect.poll(() => first.heard.map((message) => message.type)).toEqual(['run', 'run'])
    await expect(supervisor.run(task('c'), () => undefined)).rejects.toMatchObject({ code: 'engine-busy' })
    for (const id of ['b', 'a'])
      first.says({ type: 'progress', task: id, phase: 'score', done: 0, total: 0, secondsLeft: null })
    expect(heard).toEqual(['b: progress', 'a: progress'])
    supervisor.feed('b', [])
    expect(first.heard.at(-1)).toMatchObject({ type: 'feed', task: 'b' })
    first.says({ type: 'cancelled', task: 'a', step: 0 })
    expect(await a).toEqual({ kind: 'cancelled', step: 0 })
    expect(supervisor.state().state).toBe('busy')
    first.exit(1, null)
    expect((await b).kind).toBe('interrupted')
  })

  test('hears its own messages and nobody else’s', async () => {
    const { supervisor, first } = await withReadyEngine()
    const seen: TaskMessage[] = []
    const outcome = supervisor.run(task('a'), (message) => seen.push(message))
    await expect.poll(() => first.heard).toHaveLength(1)
    first.says({ type: 'paused', task: 'old' })
    first.says({ type: 'cancelled', task: 'old', step: 9 })
    first.says({ type: 'paused', task: 'a' })
    first.says({ type: 'cancelled', task: 'a', step: 1 })
    await outcome
    expect(seen).toEqual([{ type: 'paused', task: 'a' }])
  })

  test('is cancelled when its signal aborts, and not begun where that was before', async () => {
    const { supervisor, first } = await withReadyEngine()
    const abort = new AbortController()
    const outcome = supervisor.run(task('a'), () => undefined, abort.signal)
    await expect.poll(() => first.heard).toHaveLength(1)
    abort.abort()
    expect(first.heard.at(-1)).toEqual({ type: 'cancel', task: 'a' })
    first.says({ type: 'cancelled', task: 'a', step: 2 })
    await expect(outcome).resolves.toEqual({ kind: 'cancelled', step: 2 })
    const late = await supervisor.run(task('b'), () => undefined, abort.signal)
    expect(late).toEqual({ kind: 'cancelled', step: 0 })
    expect(first.heard).toHaveLength(2)
  })

  test('that says what only another kind of task says has broken the protocol', async () => {
    const { supervisor, first, engine } = await withReadyEngine()
    const outcome = supervisor.run(task('a'), () => undefined)
    await expect.poll(() => first.heard).toHaveLength(1)
    first.says({ type: 'exported', task: 'a', result: { files: [], componentNames: [] } })
    await expect(outcome).resolves.toMatchObject({
      kind: 'interrupted',
      failure: { code: 'engine-protocol' },
    })
    expect(first.killed).toBe(true)
    ;(await engine(2)).ready()
  })

  test('of scoring is told how many rows are stored, once its listener has them', async () => {
    const { supervisor, first } = await withReadyEngine()
    const seen: number[] = []
    const scoring: EngineTask<'score'> = {
      kind: 'score',
      task: 's',
      run: 'r',
      folder: '/runs/r',
      images: [],
      maps: false,
    }
    const outcome = supervisor.run(scoring, (message) => {
      if (message.type !== 'scored') return
      expect(first.heard.filter(({ type }) => type === 'stored')).toHaveLength(seen.length)
      seen.push(message.rows.length)
    })
    await expect.poll(() => first.heard).toHaveLength(1)
    const row = (image: number) => ({
      image,
      tiles: 1,
      components: Float32Array.of(1),
      componentNames: ['residual'],
      score: 1,
      calibrated: 50,
      map: null,
      warnings: [],
    })
    first.says({ type: 'scored', task: 's', rows: [row(1), row(2)] })
    first.says({ type: 'scored', task: 's', rows: [row(3)] })
    expect(first.heard.slice(1)).toEqual([
      { type: 'stored', task: 's', rows: 2 },
      { type: 'stored', task: 's', rows: 3 },
    ])
    first.says({ type: 'score-done', task: 's', result: { images: 3, refused: [], seconds: 1 } })
    await expect(outcome).resolves.toMatchObject({ kind: 'scored', result: { images: 3 } })
  })

  test('whose listener fails (a full disk) is cancelled and ends with that failure', async () => {
    const { supervisor, first } = await withReadyEngine()
    const outcome = supervisor.run(task('a'), () => {
      throw new Error('database or disk is full')
    })
    await expect.poll(() => first.heard).toHaveLength(1)
    first.says({ type: 'paused', task: 'a' })
    expect(first.heard.at(-1)).toEqual({ type: 'cancel', task: 'a' })
    first.says({ type: 'cancelled', task: 'a', step: 1 })
    await expect(outcome).resolves.toMatchObject({
      kind: 'failed',
      failure: { code: 'internal', params: { message: 'database or disk is full' } },
    })
  })
})

describe('a crash', () => {
  test('ends the task as interrupted, says how, and a new engine starts', async () => {
    const { supervisor, first, engine, states } = await withReadyEngine()
    const outcome = supervisor.run(task('a'), () => undefined)
    await expect.poll(() => first.heard).toHaveLength(1)
    first.exit(null, 'SIGSEGV')
    await expect(outcome).resolves.toMatchObject({
      kind: 'interrupted',
      failure: { code: 'engine-crashed', params: { case: 'signal', signal: 'SIGSEGV' } },
    })
    ;(await engine(2)).ready()
    expect(supervisor.state()).toMatchObject({ state: 'ready', crashes: 1 })
    expect(states).toEqual(['starting', 'ready', 'busy', 'restarting', 'ready'])
  })

  test('a message that breaks the protocol is treated as one, and the engine is ended', async () => {
    const { supervisor, first, engine } = await withReadyEngine()
    const outcome = supervisor.run(task('a'), () => undefined)
    await expect.poll(() => first.heard).toHaveLength(1)
    first.says({ type: 'trained', task: 'a', result: 'very good' })
    expect(first.killed).toBe(true)
    await expect(outcome).resolves.toMatchObject({
      kind: 'interrupted',
      failure: { code: 'engine-protocol' },
    })
    ;(await engine(2)).ready()
  })

  test('waits longer with every crash in a row, and a finished task starts the count anew', async () => {
    const waits: number[] = []
    const { supervisor, first, engine } = await withReadyEngine({
      backoff: (crashes) => {
        waits.push(crashes)
        return 0
      },
    })
    first.exit(1, null)
    const second = await engine(2)
    second.exit(1, null)
    const third = await engine(3)
    third.ready()
    const outcome = supervisor.run(task('a'), () => undefined)
    await expect.poll(() => third.heard).toHaveLength(1)
    third.says({ type: 'cancelled', task: 'a', step: 1 })
    await outcome
    third.exit(1, null)
    await engine(4)
    expect(waits).toEqual([1, 2, 1])
  })

  test('five in a row are enough: the engine is failed until somebody asks again', async () => {
    const { supervisor, engine, engines } = await withReadyEngine()
    for (let n = 1; n <= 5; n++) (await engine(n)).exit(1, null)
    expect(supervisor.state().state).toBe('failed')
    expect(engines).toHaveLength(5)
  })
})

describe('stopping', () => {
  test('asks the engine to exit and does not start it again', async () => {
    const { supervisor, first, engines } = await withReadyEngine()
    await supervisor.stop()
    expect(first.heard.at(-1)).toEqual({ type: 'exit' })
    expect(engines).toHaveLength(1)
    expect(supervisor.state()).toMatchObject({ state: 'stopped', crashes: 0 })
  })

  test('an engine that does not go is killed', async () => {
    const { supervisor, first } = await withReadyEngine({ exit: 1 })
    first.exitsWhenAsked = false
    await supervisor.stop()
    expect(first.killed).toBe(true)
  })

  test('the task at work ends as interrupted', async () => {
    const { supervisor, first } = await withReadyEngine()
    const outcome = supervisor.run(task('a'), () => undefined)
    await expect.poll(() => first.heard).toHaveLength(1)
    await supervisor.stop()
    await expect(outcome).resolves.toMatchObject({ kind: 'interrupted', failure: { code: 'engine-stopped' } })
  })

  test('a cancelled task that does not end is ended with its engine', async () => {
    const { supervisor, first, engine } = await withReadyEngine({ cancel: 1 })
    const outcome = supervisor.run(task('a'), () => undefined)
    await expect.poll(() => first.heard).toHaveLength(1)
    supervisor.cancel('a')
    await expect(outcome).resolves.toMatchObject({ kind: 'interrupted', failure: { code: 'engine-hung' } })
    expect(first.killed).toBe(true)
    ;(await engine(2)).ready()
  })

  test('an engine that was stopped starts again when it is needed', async () => {
    const { supervisor, engine } = await withReadyEngine()
    await supervisor.stop()
    const again = supervisor.start()
    ;(await engine(2)).ready()
    await expect(again).resolves.toMatchObject({ backend: 'played' })
  })
})

describe('a question', () => {
  const question = (id: string): EngineTask<'explain'> => ({
    kind: 'explain',
    task: id,
    run: 'r',
    folder: '/runs/r',
    image: { id: 1, file: '/1.png', width: 8, height: 8, white: null },
    places: [],
  })
  const explained = (id: string): FromEngine => ({ type: 'explained', task: id, result: { places: [] } })

  test('starts the engine, and is answered while a task is at work', async () => {
    const { supervisor, engine } = supervise()
    const answer = supervisor.ask(question('q'))
    const first = await engine(1)
    first.ready()
    await expect.poll(() => first.heard.map((message) => message.type)).toEqual(['run'])
    const outcome = supervisor.run(task('a'), () => undefined)
    await expect.poll(() => first.heard).toHaveLength(2)
    first.says(explained('q'))
    await expect(answer).resolves.toEqual({ kind: 'explained', result: { places: [] } })
    expect(supervisor.state().state).toBe('busy')
    first.says({ type: 'cancelled', task: 'a', step: 1 })
    await expect(outcome).resolves.toEqual({ kind: 'cancelled', step: 1 })
  })

  test('that fails tells why', async () => {
    const { supervisor, first } = await withReadyEngine()
    const answer = supervisor.ask(question('q'))
    await expect.poll(() => first.heard).toHaveLength(1)
    const failure = { code: 'model-corrupt', params: {} }
    first.says({ type: 'failed', task: 'q', failure })
    await expect(answer).resolves.toEqual({ kind: 'failed', failure })
  })

  test('is interrupted when the engine is gone', async () => {
    const { supervisor, first } = await withReadyEngine()
    const answer = supervisor.ask(question('q'))
    await expect.poll(() => first.heard).toHaveLength(1)
    first.exit(1, null)
    await expect(answer).resolves.toMatchObject({ kind: 'interrupted', failure: { code: 'engine-crashed' } })
  })
})
