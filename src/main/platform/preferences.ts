/**
 * What Fanoscope remembers about this machine and not about a workspace: the workspaces opened last, and how
 * the person likes the window (settings named `ui.…`). A small JSON file in the person's own folder.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const stateSchema = z.object({
  recentWorkspaces: z.array(z.string()).default([]),
  settings: z.record(z.string(), z.unknown()).default({}),
})
type State = z.infer<typeof stateSchema>

export interface AppState {
  /** Newest first. */
  recentWorkspaces(): string[]
  rememberWorkspace(dir: string): void
  /** Null where it was never set. */
  setting(key: string): unknown
  setSetting(key: string, value: unknown): void
}

const mostRecent = 10

/** Where the file lies by the custom of each system; FANOSCOPE_STATE names another place. */
export function stateFile(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): string {
  if (environment.FANOSCOPE_STATE) return environment.FANOSCOPE_STATE
  const home = homedir()
  const folders: Partial<Record<NodeJS.Platform, string>> = {
    win32: environment.APPDATA ?? join(home, 'AppData', 'Roaming'),
    darwin: join(home, 'Library', 'Application Support'),
  }
  return join(
    folders[platform] ?? environment.XDG_CONFIG_HOME ?? join(home, '.config'),
    'fanoscope',
    'state.json',
  )
}

export function openAppState(file: string): AppState {
  function read(): State {
    try {
      return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      // Absent at first; and nothing in it is worth an error that keeps somebody from working.
      return stateSchema.parse({})
    }
  }
  function write(state: State): void {
    const partial = `${file}.${process.pid}.part`
    try {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(partial, `${JSON.stringify(state, null, 2)}\n`)
      renameSync(partial, file)
    } catch {
      // A home folder that cannot be written costs the memory of preferences, and nothing else.
    }
  }
  // Kept besides, so that preferences hold for this session where the file cannot be written.
  let state = read()
  const change = (next: State): void => {
    state = next
    write(next)
  }
  return {
    recentWorkspaces: () => [...state.recentWorkspaces],
    rememberWorkspace(dir) {
      const others = state.recentWorkspaces.filter((other) => other !== dir)
      change({ ...state, recentWorkspaces: [dir, ...others].slice(0, mostRecent) })
    },
    setting: (key) => state.settings[key] ?? null,
    setSetting: (key, value) => change({ ...state, settings: { ...state.settings, [key]: value } }),
  }
}
