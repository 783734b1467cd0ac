/**
 * Starts a separate engine, runs a computation on it to find out what executes it, and ends it. If that engine
 * crashes, main is not affected.
 */

import { type FailureData, failureData } from '../../../shared/failure.ts'
import { inside, message, type Params } from '../../../shared/messages/message.ts'
import { type DeviceProof, fromEngineSchema, type Provider } from '../../engine/protocol.ts'
import type { EngineChannel, LaunchEngine } from '../../engine-host/channel.ts'

export interface EngineProof {
  provider: Provider | null
  proof: DeviceProof | null
  /** Why one of the two values above is missing. */
  failure: FailureData | null
}

/** The longest wait in milliseconds; loading TensorFlow from a cold disk takes a while. */
const patience = 120_000

/** How many of the last lines that the engine printed are reported when it fails. */
const lastLines = 5

export async function proveEngine(launch: LaunchEngine): Promise<EngineProof> {
  const output = { last: '' }
  try {
    const channel = launch((text) => {
      output.last = (output.last + text).slice(-4000)
    })
    return await proofOver(channel, output)
  } catch (error) {
    return { provider: null, proof: null, failure: failureData(error) }
  }
}

function proofOver(channel: EngineChannel, output: { last: string }): Promise<EngineProof> {
  return new Promise((resolve) => {
    let provider: Provider | null = null
    const end = (proof: DeviceProof | null, problem: Params | null): void => {
      clearTimeout(timer)
      const failure = problem === null ? null : engineFailure(problem, output.last)
      resolve({ provider, proof, failure })
      channel.kill()
    }
    const timer = setTimeout(() => end(null, { case: 'no-proof', seconds: patience / 1000 }), patience)
    channel.onMessage((raw) => {
      const message = fromEngineSchema.safeParse(raw).data
      if (message?.type === 'ready') {
        provider = message.provider
        channel.send({ type: 'prove' })
      } else if (message?.type === 'proved') {
        const { proof } = message
        end(proof, proof.failure === null ? null : { case: 'proof-failed', reason: proof.failure })
      }
    })
    channel.onExit((code, signal) => {
      end(null, signal === null ? { case: 'exited', code } : { case: 'signal', signal })
    })
  })
}

function engineFailure(problem: Params, printed: string): FailureData {
  const words = printed.trim().split('\n').slice(-lastLines).join('\n')
  const failure = message('engine-start-failed', problem)
  return words === ''
    ? failure
    : message('engine-start-failed', { case: 'said-last', problem: inside('failure', failure), words })
}
