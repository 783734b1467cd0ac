import { launchStandardEngine } from '../src/main/engine-host/standard-engine.ts'
import { createSupervisor } from '../src/main/engine-host/supervisor.ts'

/** An engine of its own, whose process can be measured; `pid` is known once it runs. */
export interface MeasuredEngine {
  readonly engine: ReturnType<typeof createSupervisor>
  pid(): number | undefined
}

/** Lets `work` use a fresh engine, which is stopped afterwards. */
export async function withFreshEngine<T>(work: (measured: MeasuredEngine) => Promise<T>): Promise<T> {
  let pid: number | undefined
  const engine = createSupervisor({
    launch() {
      const channel = launchStandardEngine(() => undefined)
      pid = channel.pid
      return channel
    },
  })
  try {
    return await work({ engine, pid: () => pid })
  } finally {
    await engine.stop()
  }
}
