/** Jobs, runs and workspaces with what a test does not care about filled in. */
import type { AppInfo } from '../../src/shared/app.ts'
import type { Job } from '../../src/shared/job.ts'
import type { Run } from '../../src/shared/run.ts'
import type { WorkspaceInfo } from '../../src/shared/workspace.ts'

export const exampleJob = (values: Partial<Job> = {}): Job => ({
  id: 'job-1',
  kind: 'train',
  state: 'running',
  runId: null,
  datasetId: null,
  payload: {},
  progress: null,
  result: null,
  createdAt: 1000,
  startedAt: 1000,
  finishedAt: null,
  failure: null,
  pid: null,
  ...values,
})

export const exampleRun = (values: Partial<Run> = {}): Run => ({
  id: 'run-1',
  datasetId: 'dataset-1',
  name: null,
  number: 1,
  parentRunId: null,
  model: 'fanogan',
  preset: 'quick',
  seed: 7,
  config: {},
  state: 'trained',
  createdAt: 1000,
  startedAt: null,
  finishedAt: null,
  stepsDone: 0,
  stepsTotal: 0,
  seconds: 0,
  losses: {},
  components: null,
  calibration: null,
  result: null,
  failure: null,
  resumedCount: 0,
  archivedAt: null,
  note: '',
  tags: [],
  ...values,
})

export const exampleWorkspace = (dir = '/lines/four'): WorkspaceInfo => ({
  dir,
  name: 'four',
  datasets: 0,
  images: 0,
  runs: 0,
  freeBytes: null,
  isReadOnly: false,
  clock: null,
  lost: null,
})

export const exampleInfo = (workspace: WorkspaceInfo | null): AppInfo => ({
  version: '0.1.0',
  host: 'browser',
  platform: 'linux',
  suggested: { workspace: '/lines', sample: '/lines-sample' },
  recentWorkspaces: [],
  workspace,
  engine: { state: 'stopped', provider: null, crashes: 0 },
  administered: null,
})
