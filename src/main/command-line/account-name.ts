import type { Io } from './io.ts'

/** The name of the user account of the operating system; used as the operator where a command names none. */
export const accountName = ({ environment }: Io): string =>
  environment.USER || environment.USERNAME || 'command line'
