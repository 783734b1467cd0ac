/** Has an engine of its own run a network before it is added. If that engine ends, nothing else is affected. */
import { Failure, failureOf } from '../../../shared/failure.ts'
import { fromEngineSchema } from '../../engine/protocol.ts'
import type { LaunchEngine } from '../../engine-host/channel.ts'

/** The longest wait in milliseconds, for TensorFlow to load and a large network to run three times. */
const patience = 300_000

/**
 * @param file absolute path
 * @throws Failure why the network cannot be used: `backbone-not-as-described`, `backbone-not-run`,
 * `backbone-not-finite`, `backbone-not-tried`, `graph-uncompilable`
 */
export function tryBackbone(launch: LaunchEngine, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = ''
    const channel = launch((text) => {
      last = (last + text).slice(-2000)
    })
    const end = (failure: Failure | null): void => {
      clearTimeout(timer)
      if (failure === null) resolve()
      else reject(failure)
      channel.kill()
    }
    const notTried = (): void =>
      end(new Failure('backbone-not-tried', { words: last.trim().split('\n').slice(-3).join(' ') || '–' }))
    const timer = setTimeout(notTried, patience)
    channel.onMessage((raw) => {
      const answer = fromEngineSchema.safeParse(raw).data
      if (answer?.type === 'ready') channel.send({ type: 'try-backbone', file })
      else if (answer?.type === 'backbone-tried') {
        const { failure } = answer
        end(failure === null ? null : failureOf(failure))
      }
    })
    channel.onExit(notTried)
  })
}
