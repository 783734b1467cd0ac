/** The doctor's report as a person reads it. */
import type { DoctorReport } from './doctor.ts'

const gigabytes = (bytes: number | null): string =>
  bytes === null ? 'unknown' : `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`

const workspaceStates: Record<DoctorReport['workspace']['state'], string> = {
  absent: 'not made yet',
  there: 'there',
  open: 'open',
  'in-use': 'in use by another program',
  unusable: 'cannot be opened',
}

export function doctorText(report: DoctorReport): string {
  const { node, system, processor, memory, gpus, engine, electron, workspace, disk, findings } = report
  const { provider, proof } = engine
  const lines: [string, string][] = [
    ['Fanoscope', report.version],
    ['Node', `${node.version} (wanted: ${node.wanted})`],
    ['System', `${system.platform} ${system.release}, ${system.arch}`],
    ['Processor', `${processor.model}, ${processor.threads} threads`],
    ['Instructions', processor.instructions?.join(', ') || 'not known'],
    ['Memory', `${gigabytes(memory.totalBytes)}, ${gigabytes(memory.freeBytes)} of it free`],
    [
      'GPU',
      gpus.map((gpu) => `${gpu.name}, ${gigabytes(gpu.memoryBytes)}, driver ${gpu.driver}`).join('; ') ||
        'none from NVIDIA',
    ],
    ['TensorFlow', tensorflowText(provider)],
    ['Executes on', engine.device ?? 'nothing'],
    [
      'Proof',
      proof === null || proof.failure !== null
        ? 'none'
        : `${proof.operation} on ${proof.device}: ${proof.correct ? 'right' : 'WRONG'}, ${proof.gigaflops.toPrecision(3)} GFLOP/s`,
    ],
    ['Electron', electron.present ? (electron.version ?? 'there') : 'not here'],
    ['Windows', report.windowsBuilt ? 'built' : 'not built'],
    ['Workspace', `${workspace.dir} (${workspaceStates[workspace.state]})`],
    ['Free disk', gigabytes(disk.freeBytes)],
  ]
  const table = lines.map(([name, value]) => `${name.padEnd(13)}${value}\n`).join('')
  if (findings.length === 0) return `${table}\nNothing is missing.\n`
  const list = findings.map(
    ({ weight, what, cost, remedy }) =>
      `${weight === 'blocks' ? '✗' : '•'} ${what}\n  What it costs: ${cost}\n  What to do: ${remedy}\n`,
  )
  return `${table}\n${list.join('\n')}`
}

function tensorflowText(provider: DoctorReport['engine']['provider']): string {
  if (provider === null) return 'does not start'
  const { backend, version, reason } = provider
  return backend === 'tensorflow'
    ? `${version}. ${reason}`
    : `not used; tfjs ${version} on ${backend}. ${reason}`
}
