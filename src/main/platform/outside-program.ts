import { execFile } from 'node:child_process'

/** What a program of the system prints; null where it is not there, fails, or takes longer than ten seconds. */
export type AskProgram = (program: string, parameters: readonly string[]) => Promise<string | null>

export const askProgram: AskProgram = (program, parameters) =>
  new Promise((resolve) => {
    execFile(
      program,
      [...parameters],
      { timeout: 10_000, windowsHide: true, maxBuffer: 1024 * 1024 },
      (error, stdout) => resolve(error === null ? stdout : null),
    )
  })
