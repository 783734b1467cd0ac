/**
 * What this machine can do, what it lacks, what each missing piece costs the person, and how to get it. The same
 * for the command line and the window; no workspace is opened for it and nothing is changed.
 */

import { existsSync } from 'node:fs'
import { freemem, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Finding, findingSchema } from '../../../shared/doctor.ts'
import { type FailureData, failureData } from '../../../shared/failure.ts'
import { failureInfoSchema } from '../../../shared/failure-schema.ts'
import { inside, messageSchema } from '../../../shared/messages/message.ts'
import { deviceProofSchema, providerSchema } from '../../engine/protocol.ts'
import type { LaunchEngine } from '../../engine-host/channel.ts'
import { applicationRoot } from '../../platform/application-root.ts'
import { applicationVersion } from '../../platform/application-version.ts'
import { freeBytes } from '../../platform/free-bytes.ts'
import { type AskProgram, askProgram } from '../../platform/outside-program.ts'
import { takeOwnership } from '../../store/owner.ts'
import { isWorkspace } from '../../store/workspace.ts'
import { doctorFacts } from './doctor-facts.ts'
import { electronBinary } from './electron-binary.ts'
import { proveEngine } from './engine-proof.ts'
import { nvidiaGpus } from './graphics.ts'
import { processor } from './processor.ts'

export const doctorReportSchema = z.object({
  /** Nothing blocks. */
  ok: z.boolean(),
  version: z.string(),
  /** `oldest`: the oldest major version that the packages run on. */
  node: z.object({ version: z.string(), oldest: z.number().int() }),
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
    failure: failureInfoSchema.nullable(),
  }),
  electron: z.object({
    present: z.boolean(),
    version: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  windowsBuilt: z.boolean(),
  workspace: z.object({ dir: z.string(), state: z.enum(['absent', 'there', 'open', 'in-use', 'unusable']) }),
  disk: z.object({ freeBytes: z.number().nullable() }),
  /** The same for people: messages of the topic `fact`. */
  facts: z.array(messageSchema),
  findings: z.array(findingSchema),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

/** What was looked at, before anything is made of it. */
export type Known = Omit<DoctorReport, 'ok' | 'facts' | 'findings'>

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
  const known: Known = {
    version: applicationVersion(root),
    node: { version: process.versions.node, oldest: oldestNode },
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
  return {
    ok: findings.every(({ weight }) => weight !== 'blocks'),
    ...known,
    facts: doctorFacts(known),
    findings,
  }
}

interface WorkspaceState {
  workspaceState: DoctorReport['workspace']['state']
  problem: FailureData | null
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
export function findingsOf(report: Known, workspaceProblem: WorkspaceState['problem']): Finding[] {
  const found = [
    nodeFinding(report),
    ...engineFindings(report),
    ...windowFindings(report),
    workspaceFinding(report, workspaceProblem),
    diskFinding(report),
  ].filter((finding) => finding !== null)
  return found.sort((a, b) => Number(a.weight === 'limits') - Number(b.weight === 'limits'))
}

function nodeFinding({ node }: Known): Finding | null {
  if (Number(node.version.split('.')[0]) >= oldestNode) return null
  return {
    code: 'node-old',
    piece: 'node',
    weight: 'blocks',
    params: { version: node.version, oldest: oldestNode },
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
        params: failure === null ? {} : { failure: inside('failure', failure) },
      },
    ]
  }
  if (provider.backend !== 'tensorflow') {
    return [
      {
        code: 'tensorflow-missing',
        piece: 'tensorflow',
        weight: 'limits',
        params: { reason: inside('reason', provider.why) },
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
      params: gpu ? { gpu: gpu.name, driver: gpu.driver } : {},
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
      params: electron.reason === null ? {} : { case: 'refused', words: electron.reason },
    })
  }
  if (!windowsBuilt) {
    findings.push({
      code: 'windows-not-built',
      piece: 'windows',
      weight: 'limits',
      params: {},
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
    params: { failure: inside('failure', problem) },
  }
}

function diskFinding({ disk, workspace }: Known): Finding | null {
  if (disk.freeBytes === null || disk.freeBytes >= littleRoom) return null
  return {
    code: 'disk-nearly-full',
    piece: 'disk',
    weight: 'limits',
    params: { folder: workspace.dir, megabytes: Math.round(disk.freeBytes / 1e6) },
  }
}
