/**
 * What this machine can do, what it lacks, what each missing piece costs the person, and how to get it. The same
 * for the command line and the window; no workspace is opened for it and nothing is changed.
 */

import { existsSync, readFileSync } from 'node:fs'
import { freemem, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Finding, findingSchema } from '../../../shared/doctor.ts'
import { failureData } from '../../../shared/failure.ts'
import { deviceProofSchema, providerSchema } from '../../engine/protocol.ts'
import type { LaunchEngine } from '../../engine-host/channel.ts'
import { applicationRoot } from '../../platform/application-root.ts'
import { freeBytes } from '../../platform/free-bytes.ts'
import { type AskProgram, askProgram } from '../../platform/outside-program.ts'
import { takeOwnership } from '../../store/owner.ts'
import { isWorkspace } from '../../store/workspace.ts'
import { electronBinary } from './electron-binary.ts'
import { proveEngine } from './engine-proof.ts'
import { nvidiaGpus } from './graphics.ts'
import { processor } from './processor.ts'

export const doctorReportSchema = z.object({
  /** Nothing blocks. */
  ok: z.boolean(),
  version: z.string(),
  node: z.object({ version: z.string(), wanted: z.string() }),
  system: z.object({ platform: z.string(), release: z.string(), arch: z.string() }),
  processor: z.object({
    model: z.string(),
    threads: z.number().int(),
    instructions: z.array(z.string()).nullable(),
  }),
  memory: z.object({ totalBytes: z.number(), freeBytes: z.number() }),
  gpus: z.array(z.object({ name: z.string(), driver: z.string(), memoryBytes: z.number() })),
  engine: z.object({
    provider: providerSchema.nullable(),
    /** What executes by name: the GPU's, or the processor's with its instruction sets. */
    device: z.string().nullable(),
    proof: deviceProofSchema.nullable(),
    failure: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  }),
  electron: z.object({
    present: z.boolean(),
    version: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  windowsBuilt: z.boolean(),
  workspace: z.object({ dir: z.string(), state: z.enum(['absent', 'there', 'open', 'in-use', 'unusable']) }),
  disk: z.object({ freeBytes: z.number().nullable() }),
  findings: z.array(findingSchema),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

export interface Examination {
  workspace: string
  /** This process has the workspace open. */
  isOpen: boolean
  launchEngine: LaunchEngine
  ask?: AskProgram
  /** The folder of package.json. */
  root?: string
}

/** Oldest Node that the packages run on. */
const oldestNode = 22

/** Below this, an import or a training may fill the disk. */
const littleRoom = 2e9

export async function examine(examination: Examination): Promise<DoctorReport> {
  const { workspace, isOpen, launchEngine, ask = askProgram, root = applicationRoot() } = examination
  const [cpu, gpus, engine, free] = await Promise.all([
    processor(ask),
    nvidiaGpus(ask),
    proveEngine(launchEngine),
    freeBytes(workspace),
  ])
  const { workspaceState, problem } = isOpen
    ? { workspaceState: 'open' as const, problem: null }
    : stateOf(workspace)
  const known: Omit<DoctorReport, 'ok' | 'findings'> = {
    version: z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version,
    node: { version: process.versions.node, wanted: `${oldestNode} or newer` },
    system: { platform: process.platform, release: release(), arch: process.arch },
    processor: cpu,
    memory: { totalBytes: totalmem(), freeBytes: freemem() },
    gpus,
    engine: {
      ...engine,
      device:
        engine.provider === null
          ? null
          : engine.provider.gpu
            ? gpus.map((gpu) => gpu.name).join(', ') || engine.provider.device
            : [cpu.model, ...(cpu.instructions?.length ? [cpu.instructions.join(', ')] : [])].join('; '),
    },
    electron: electronBinary(root),
    windowsBuilt: existsSync(join(root, 'out', 'renderer', 'index.html')),
    workspace: { dir: workspace, state: workspaceState },
    disk: { freeBytes: free },
  }
  const findings = findingsOf(known, problem)
  return { ok: findings.every(({ weight }) => weight !== 'blocks'), ...known, findings }
}

interface WorkspaceState {
  workspaceState: DoctorReport['workspace']['state']
  problem: { message: string; remedy: string } | null
}

/** Looks whether the workspace could be opened, without opening it. */
function stateOf(dir: string): WorkspaceState {
  if (!isWorkspace(dir)) return { workspaceState: 'absent', problem: null }
  try {
    takeOwnership(dir)()
    return { workspaceState: 'there', problem: null }
  } catch (error) {
    const problem = failureData(error)
    return { workspaceState: problem.code === 'workspace-in-use' ? 'in-use' : 'unusable', problem }
  }
}

/** What is missing, the worst first. */
export function findingsOf(
  report: Omit<DoctorReport, 'ok' | 'findings'>,
  workspaceProblem: WorkspaceState['problem'],
): Finding[] {
  const found = [
    nodeFinding(report),
    ...engineFindings(report),
    ...windowFindings(report),
    workspaceFinding(report, workspaceProblem),
    diskFinding(report),
  ].filter((finding) => finding !== null)
  return found.sort((a, b) => Number(a.weight === 'limits') - Number(b.weight === 'limits'))
}

type Known = Parameters<typeof findingsOf>[0]

function nodeFinding({ node }: Known): Finding | null {
  if (Number(node.version.split('.')[0]) >= oldestNode) return null
  return {
    code: 'node-old',
    piece: 'node',
    weight: 'blocks',
    what: `Node ${node.version} is older than ${oldestNode}.`,
    cost: 'The database and the engine do not load.',
    remedy: 'Run "npm run setup", which puts Node 24 into the project, and start by "npm run -s fanoscope".',
  }
}

function engineFindings({ engine, gpus }: Known): Finding[] {
  const { provider, proof, failure } = engine
  if (provider === null || proof === null || failure !== null || !proof.correct) {
    return [
      {
        code: failure === null ? 'engine-wrong' : 'engine-broken',
        piece: 'tensorflow',
        weight: 'blocks',
        what: failure?.message ?? 'The engine computed a matrix product wrongly.',
        cost: 'Nothing can be trained or scored. Import, review and everything that was scored before work.',
        remedy: failure?.remedy ?? 'Test the memory of this machine, then run "npm run setup -- --again".',
      },
    ]
  }
  if (provider.backend !== 'tensorflow') {
    return [
      {
        code: 'tensorflow-missing',
        piece: 'tensorflow',
        weight: 'limits',
        what: `TensorFlow is not used. ${provider.reason}`,
        cost: 'Everything works, but training and scoring in plain JavaScript are many times slower.',
        remedy: 'Run "npm run setup -- --again": it fetches the TensorFlow library and builds its binding.',
      },
    ]
  }
  if (provider.gpu) return []
  const [gpu] = gpus
  return [
    {
      code: gpu ? 'gpu-unused' : 'gpu-missing',
      piece: 'gpu',
      weight: 'limits',
      what: gpu
        ? `There is a GPU (${gpu.name}, driver ${gpu.driver}), but this TensorFlow library does not use it.`
        : 'There is no NVIDIA GPU, or its driver is not installed.',
      cost: 'The presets "smoke" and "quick" are made for that; "full" takes a night or longer.',
      remedy: gpu
        ? 'Run "npm run setup -- --again", which fetches the TensorFlow library for GPUs.'
        : 'Install an NVIDIA GPU with its driver, then run "npm run setup -- --again".',
    },
  ]
}

function windowFindings({ electron, windowsBuilt }: Known): Finding[] {
  const findings: Finding[] = []
  if (!electron.present) {
    findings.push({
      code: 'electron-missing',
      piece: 'electron',
      weight: 'limits',
      what: `The Electron binary is not here${electron.reason === null ? '.' : `: ${electron.reason}`}`,
      cost: 'The same screens open in a window of Chrome, Edge or Chromium, or in a browser; folders are chosen in a list instead of a dialog of the system.',
      remedy:
        'Where the network allows it, run "npm run setup -- --electron"; ELECTRON_MIRROR names another source.',
    })
  }
  if (!windowsBuilt) {
    findings.push({
      code: 'windows-not-built',
      piece: 'windows',
      weight: 'limits',
      what: 'The windows are not built.',
      cost: 'Only the command line works.',
      remedy: 'Run "npm run build"; "npm start" does it by itself.',
    })
  }
  return findings
}

function workspaceFinding({ workspace }: Known, problem: WorkspaceState['problem']): Finding | null {
  if (problem === null) return null
  const isInUse = workspace.state === 'in-use'
  return {
    code: isInUse ? 'workspace-in-use' : 'workspace-unusable',
    piece: 'workspace',
    weight: isInUse ? 'limits' : 'blocks',
    what: problem.message,
    cost: isInUse ? 'No second program can open it meanwhile.' : 'It cannot be opened.',
    remedy: problem.remedy,
  }
}

function diskFinding({ disk, workspace }: Known): Finding | null {
  if (disk.freeBytes === null || disk.freeBytes >= littleRoom) return null
  return {
    code: 'disk-nearly-full',
    piece: 'disk',
    weight: 'limits',
    what: `The disk of ${workspace.dir} has only ${Math.round(disk.freeBytes / 1e6)} MB free.`,
    cost: 'An import or a training may fill it and stop; what was confirmed before stays safe.',
    remedy: 'Free some space, or move the workspace to another disk.',
  }
}
