/** Whether the operating system gave the error: a file that is not there, may not be read, or cannot be. */
export const isSystemError = (error: unknown): error is Error => error instanceof Error && 'syscall' in error
