/** The application as a whole: host, engine, and the workspace that is open. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { AppInfo } from '../../shared/app.ts'
import type { EngineState } from '../../shared/engine.ts'
import type { FailureData } from '../../shared/failure.ts'
import type { WorkspaceInfo } from '../../shared/workspace.ts'
import { call, listen } from '../bridge.ts'
import { asFailure } from '../failure.ts'
import { useNoticesStore } from './notices.ts'

export const useAppStore = defineStore('app', () => {
  const notices = useNoticesStore()
  const info = ref<AppInfo | null>(null)
  const failure = ref<FailureData | null>(null)
  const workspace = ref<WorkspaceInfo | null>(null)
  const engine = ref<EngineState>({ state: 'stopped', provider: null, crashes: 0 })
  /** Grows when another workspace is opened, so that what belongs to the old one is read anew. */
  const generation = ref(0)
  const host = computed(() => info.value?.host ?? 'browser')

  async function load(): Promise<void> {
    listen('engine.changed', (state) => {
      engine.value = state
    })
    listen('app.failed', (failed) => notices.fail(failed))
    listen('clock.changed', ({ jump }) => {
      if (workspace.value !== null) workspace.value = { ...workspace.value, clock: jump }
    })
    listen('workspace.changed', (change) => setWorkspace(change.workspace))
    await refresh()
  }

  async function refresh(): Promise<void> {
    try {
      const current = await call('app.info', {})
      info.value = current
      engine.value = current.engine
      failure.value = null
      setWorkspace(current.workspace)
    } catch (thrown) {
      failure.value = asFailure(thrown)
    }
  }

  function setWorkspace(next: WorkspaceInfo | null): void {
    if (next?.dir !== workspace.value?.dir) {
      generation.value += 1
      if (next?.lost) notices.fail(next.lost)
    }
    workspace.value = next
  }

  async function openWorkspace(dir: string, create: boolean): Promise<void> {
    setWorkspace(await call('workspace.open', { dir, create, readOnly: false }))
    await refresh()
  }

  async function closeWorkspace(): Promise<void> {
    await call('workspace.close', {})
    setWorkspace(null)
    await refresh()
  }

  return { info, failure, workspace, engine, generation, host, load, refresh, openWorkspace, closeWorkspace }
})
