import { execFile } from 'node:child_process'

/**
 * Runs a program of the operating system and gives what it prints; null where it does not exist, fails, or takes
 * longer than ten seconds.
 */
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
