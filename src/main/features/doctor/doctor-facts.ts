/** Facts about the machine as messages; the locale files have a name and a value for each. */
import { inside, type Message, message } from '../../../shared/messages/message.ts'
import type { MachineFacts } from './doctor-report.ts'

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)

export function doctorFacts(report: MachineFacts): Message[] {
  const { node, system, processor, memory, electron, workspace, disk } = report
  const { model, threads, instructions } = processor
  const { device } = report.engine
  return [
    message(
      'fanoscope',
      report.bundle === null
        ? { version: report.version }
        : {
            case: 'bundle',
            version: report.version,
            system: report.bundle.system,
            commit: report.bundle.commit.slice(0, 12),
          },
    ),
    message('node', node),
    message('system', system),
    message('processor', { model, threads }),
    message('instructions', instructions?.length ? { names: instructions } : { case: 'unknown' }),
    message('memory', { total: gigabytes(memory.totalBytes), free: gigabytes(memory.freeBytes) }),
    graphics(report),
    tensorflow(report),
    message('executes-on', device === null ? { case: 'nothing' } : { device }),
    proof(report),
    ...report.backbones.map((one) => backbone(one, report.bundle !== null)),
    ...(report.bundle === null ? [electronFact(electron)] : []),
    message('windows', report.windowsBuilt ? {} : { case: 'not-built' }),
    message('workspace', { case: workspace.state, folder: workspace.dir }),
    message('free-disk', disk.freeBytes === null ? { case: 'unknown' } : { free: gigabytes(disk.freeBytes) }),
  ]
}

const electronFact = ({ present, version }: MachineFacts['electron']): Message =>
  message('electron', !present ? { case: 'absent' } : version === null ? { case: 'there' } : { version })

function graphics({ gpus }: MachineFacts): Message {
  const cards = gpus.map(({ name, driver, memoryBytes }) =>
    inside('fact', message('graphics-card', { name, memory: gigabytes(memoryBytes), driver })),
  )
  return message('gpu', cards.length === 0 ? { case: 'none' } : { cards })
}

function backbone(
  { title, licence, weights }: MachineFacts['backbones'][number],
  isBundle: boolean,
): Message {
  const known = { title, licence }
  if (weights === null) return message('backbone', { ...known, case: 'absent' })
  if (weights.source !== 'setup') return message('backbone', { ...known, case: weights.source })
  return message('backbone', isBundle ? { ...known, case: 'bundle' } : known)
}

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
