/** The processor and those of its instruction sets that speed up TensorFlow. */
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import type { AskProgram } from '../../platform/outside-program.ts'

export interface Processor {
  model: string
  /** Threads that run at the same time. */
  threads: number
  /** Null where the system does not say. */
  instructions: string[] | null
}

/** Instruction sets by the names that operating systems use, the oldest first. */
const known: [name: string, flags: string[]][] = [
  ['SSE4.2', ['sse4_2', 'sse4.2']],
  ['AVX', ['avx', 'avx1.0']],
  ['FMA', ['fma']],
  ['AVX2', ['avx2']],
  ['AVX-512', ['avx512f']],
  ['AVX-512 VNNI', ['avx512_vnni', 'avx512vnni']],
  ['AVX-512 BF16', ['avx512_bf16', 'avx512bf16']],
  ['AVX-VNNI', ['avx_vnni']],
  ['AMX', ['amx_tile']],
  ['NEON', ['asimd', 'neon', 'hw.optional.arm.advsimd: 1', 'hw.optional.neon: 1']],
  ['SVE', ['sve']],
  ['BF16', ['bf16', 'hw.optional.arm.feat_bf16: 1']],
]

/** Finds instruction sets in a listing of the operating system: flags separated by spaces, or lines of sysctl. */
export function instructionsIn(listing: string): string[] {
  const lines = listing.toLowerCase().split('\n')
  const flags = new Set([...lines, ...lines.flatMap((line) => line.split(/\s+/))])
  return known.filter(([, names]) => names.some((name) => flags.has(name))).map(([name]) => name)
}

/** Numbers of IsProcessorFeaturePresent, winnt.h. */
const windowsFeatures: [number: number, flag: string][] = [
  [38, 'sse4_2'],
  [39, 'avx'],
  [40, 'avx2'],
  [41, 'avx512f'],
  [19, 'neon'],
]
const windowsScript =
  `$k = Add-Type -PassThru -Name K -Namespace F -MemberDefinition '[DllImport("kernel32.dll")] public static extern bool IsProcessorFeaturePresent(uint f);'; ` +
  windowsFeatures
    .map(([number, flag]) => `if ($k::IsProcessorFeaturePresent(${number})) { '${flag}' }`)
    .join('; ')

async function listing(ask: AskProgram, platform: NodeJS.Platform): Promise<string | null> {
  switch (platform) {
    case 'linux': {
      const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => null)
      return text?.split('\n').find((line) => /^(flags|Features)\s*:/.test(line)) ?? null
    }
    case 'darwin':
      return ask('sysctl', ['machdep.cpu.features', 'machdep.cpu.leaf7_features', 'hw.optional'])
    case 'win32':
      return ask('powershell', ['-NoProfile', '-NonInteractive', '-Command', windowsScript])
    default:
      return null
  }
}

export async function processor(
  ask: AskProgram,
  platform: NodeJS.Platform = process.platform,
): Promise<Processor> {
  const all = cpus()
  const flags = await listing(ask, platform)
  return {
    model: all[0]?.model.trim() || 'unknown processor',
    threads: all.length,
    instructions: flags === null ? null : instructionsIn(flags),
  }
}
