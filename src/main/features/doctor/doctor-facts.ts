/** Facts about the machine as messages; the locale files have a name and a value for each. */
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import type { MachineFacts } from './doctor-report.ts'

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)

export function doctorFacts(report: MachineFacts): Message[] {
  const { node, system, processor, memory, electron, workspace, disk } = report
  const { model, threads, instructions } = processor
  const { device } = report.engine
  return [
    message('fanoscope', { version: report.version }),
    message('node', node),
    message('system', system),
    message('processor', { model, threads }),
    message('instructions', instructions?.length ? { names: instructions } : { case: 'unknown' }),
    message('memory', { total: gigabytes(memory.totalBytes), free: gigabytes(memory.freeBytes) }),
    graphics(report),
    tensorflow(report),
    message('executes-on', device === null ? { case: 'nothing' } : { device }),
    proof(report),
    ...report.backbones.map(backbone),
    message(
      'electron',
      electron.present
        ? electron.version === null
          ? { case: 'there' }
          : { version: electron.version }
        : { case: 'absent' },
    ),
    message('windows', report.windowsBuilt ? {} : { case: 'not-built' }),
    message('workspace', { case: workspace.state, folder: workspace.dir }),
    message('free-disk', disk.freeBytes === null ? { case: 'unknown' } : { free: gigabytes(disk.freeBytes) }),
  ]
}

function graphics({ gpus }: MachineFacts): Message {
  const cards = gpus.map(({ name, driver, memoryBytes }) =>
    inside('fact', message('graphics-card', { name, memory: gigabytes(memoryBytes), driver })),
  )
  return message('gpu', cards.length === 0 ? { case: 'none' } : { cards })
}

const backbone = ({ title, licence, weights }: MachineFacts['backbones'][number]): Message =>
  message('backbone', {
    title,
    licence,
    ...(weights === null ? { case: 'absent' } : weights.source === 'setup' ? {} : { case: weights.source }),
  })

function tensorflow({ engine: { provider } }: MachineFacts): Message {
  if (provider === null) return message('tensorflow', { case: 'does-not-start' })
  const { backend, version, why } = provider
  const reason = inside('reason', why)
  return message(
    'tensorflow',
    backend === 'tensorflow' ? { version, reason } : { case: 'not-used', version, backend, reason },
  )
}

/** The computation by which the engine proved what executes it (processor or GPU). */
export const provenOperation = (side: number): Message => message('matrix-product', { side })

function proof({ engine }: MachineFacts): Message {
  if (engine.proof === null || engine.proof.failure !== null) return message('proof', { case: 'none' })
  const { device, side, correct, gigaflops } = engine.proof
  return message('proof', {
    ...(correct ? {} : { case: 'wrong' }),
    operation: inside('fact', provenOperation(side)),
    device,
    gigaflops: gigaflops.toPrecision(3),
  })
}
