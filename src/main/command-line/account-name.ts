import type { Io } from './io.ts'

/** Who is at work where nobody was named: the user account, as the system calls it. */
export const accountName = ({ environment }: Io): string =>
  environment.USER || environment.USERNAME || 'command line'
