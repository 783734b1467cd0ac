/**
 * Reports what this machine can do, what is missing, what does not work because of that, and how to get it. The
 * command line and the window use the same report; no workspace is opened for it and nothing is changed.
 */

import { existsSync } from 'node:fs'
import { freemem, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Finding } from '../../../shared/doctor.ts'
import { type FailureData, failureData } from '../../../shared/failure.ts'
import { inside } from '../../../shared/messages/message.ts'
import type { LaunchEngine } from '../../engine-host/channel.ts'
import { applicationRoot } from '../../platform/application-root.ts'
import { applicationVersion } from '../../platform/application-version.ts'
import { freeBytes } from '../../platform/free-bytes.ts'
import { offlineBundle } from '../../platform/offline-bundle.ts'
import { type AskProgram, askProgram } from '../../platform/outside-program.ts'
import { takeOwnership } from '../../store/owner.ts'
import { isWorkspace } from '../../store/workspace.ts'
import { listBackbones } from '../backbones/list-backbones.ts'
import { doctorFacts } from './doctor-facts.ts'
import type { DoctorReport, MachineFacts } from './doctor-report.ts'
import { electronBinary } from './electron-binary.ts'
import { proveEngine } from './engine-proof.ts'
import { nvidiaGpus } from './graphics.ts'
import { processor } from './processor.ts'

export interface Examination {
  workspace: string
  /** Whether this process has the workspace open. */
  isOpen: boolean
  launchEngine: LaunchEngine
  ask?: AskProgram
  /** The folder of package.json. */
  root?: string
  environment?: NodeJS.ProcessEnv
}

/** Oldest Node that the packages run on. */
const oldestNode = 22

/** Free bytes on the disk below which an import or a training may fill it. */
const littleRoom = 2e9

export async function examine(examination: Examination): Promise<DoctorReport> {
  const {
    workspace,
    isOpen,
    launchEngine,
    ask = askProgram,
    root = applicationRoot(),
    environment = process.env,
  } = examination
  const [cpu, gpus, engine, free, backbones] = await Promise.all([
    processor(ask),
    nvidiaGpus(ask),
    proveEngine(launchEngine),
    freeBytes(workspace),
    listBackbones({ root, environment }),
  ])
  const { workspaceState, problem } = isOpen
    ? { workspaceState: 'open' as const, problem: null }
    : stateOf(workspace)
  const known: MachineFacts = {
    version: applicationVersion(root),
    bundle: offlineBundle(root),
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
    backbones,
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

/** Checks whether the workspace could be opened, without opening it. */
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
export function findingsOf(report: MachineFacts, workspaceProblem: WorkspaceState['problem']): Finding[] {
  const found = [
    nodeFinding(report),
    ...engineFindings(report),
    ...backboneFindings(report),
    ...windowFindings(report),
    workspaceFinding(report, workspaceProblem),
    diskFinding(report),
  ].filter((finding) => finding !== null)
  return found.sort((a, b) => Number(a.weight === 'limits') - Number(b.weight === 'limits'))
}

function nodeFinding({ node }: MachineFacts): Finding | null {
  if (Number(node.version.split('.')[0]) >= oldestNode) return null
  return {
    code: 'node-old',
    piece: 'node',
    weight: 'blocks',
    params: { version: node.version, oldest: oldestNode },
  }
}

/** In an offline bundle there is no npm, and what to do is another thing. */
const advice = ({ bundle }: MachineFacts): { case?: string } => (bundle === null ? {} : { case: 'bundle' })

function engineFindings(facts: MachineFacts): Finding[] {
  const { engine, gpus } = facts
  const { provider, proof, failure } = engine
  if (provider === null || proof === null || failure !== null || !proof.correct) {
    return [
      {
        code: failure === null ? 'engine-wrong' : 'engine-broken',
        piece: 'tensorflow',
        weight: 'blocks',
        params: failure === null ? advice(facts) : { failure: inside('failure', failure) },
      },
    ]
  }
  if (provider.backend !== 'tensorflow') {
    return [
      {
        code: 'tensorflow-missing',
        piece: 'tensorflow',
        weight: 'limits',
        params: { ...advice(facts), reason: inside('reason', provider.why) },
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
      params: { ...advice(facts), ...(gpu ? { gpu: gpu.name, driver: gpu.driver } : {}) },
    },
  ]
}

const backboneFindings = (facts: MachineFacts): Finding[] =>
  facts.backbones
    .filter(({ weights }) => weights === null)
    .map(({ title, wheel }) => ({
      code: 'backbone-missing',
      piece: 'backbone',
      weight: 'limits',
      params: { ...advice(facts), title, wheel },
    }))

function windowFindings({ bundle, electron, windowsBuilt }: MachineFacts): Finding[] {
  const findings: Finding[] = []
  // An offline bundle opens its window in the computer's own browser.
  if (!electron.present && bundle === null) {
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
      params: bundle === null ? {} : { case: 'bundle' },
    })
  }
  return findings
}

function workspaceFinding({ workspace }: MachineFacts, problem: WorkspaceState['problem']): Finding | null {
  if (problem === null) return null
  const isInUse = workspace.state === 'in-use'
  return {
    code: isInUse ? 'workspace-in-use' : 'workspace-unusable',
    piece: 'workspace',
    weight: isInUse ? 'limits' : 'blocks',
    params: { failure: inside('failure', problem) },
  }
}

function diskFinding({ disk, workspace }: MachineFacts): Finding | null {
  if (disk.freeBytes === null || disk.freeBytes >= littleRoom) return null
  return {
    code: 'disk-nearly-full',
    piece: 'disk',
    weight: 'limits',
    params: { folder: workspace.dir, megabytes: Math.round(disk.freeBytes / 1e6) },
  }
}
