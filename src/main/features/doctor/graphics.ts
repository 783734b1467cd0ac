/** NVIDIA GPUs, as their driver lists them. */
import type { AskProgram } from '../../platform/outside-program.ts'

export interface Gpu {
  name: string
  driver: string
  memoryBytes: number
}

/** Empty where there is no driver. */
export async function nvidiaGpus(ask: AskProgram): Promise<Gpu[]> {
  const text = await ask('nvidia-smi', [
    '--query-gpu=name,driver_version,memory.total',
    '--format=csv,noheader,nounits',
  ])
  return (text ?? '').split('\n').flatMap((line) => {
    const [name, driver, mebibytes] = line.split(',').map((cell) => cell.trim())
    if (!name || !driver) return []
    return [{ name, driver, memoryBytes: (Number(mebibytes) || 0) * 2 ** 20 }]
  })
}
