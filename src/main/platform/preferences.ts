/**
 * Preferences of the person at this machine, which do not belong to a workspace: the workspaces opened last, and how
 * the window looks (settings named `ui.…`). They are kept in a small JSON file in the person's own folder.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { renamePatientlyNow } from './patient-rename.ts'

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

/** The path of the file, by the convention of each operating system; FANOSCOPE_STATE sets another one. */
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
      // The file is absent at first, and an unreadable one must not keep anybody from working.
      return stateSchema.parse({})
    }
  }
  function write(state: State): void {
    const partial = `${file}.${process.pid}.part`
    try {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(partial, `${JSON.stringify(state, null, 2)}\n`)
      renamePatientlyNow(partial, file)
    } catch {
      // In a home folder that cannot be written, preferences are not remembered; nothing else is affected.
    }
  }
  // Also kept in memory, so that preferences hold for this session where the file cannot be written.
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
