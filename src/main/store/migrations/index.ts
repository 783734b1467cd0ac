import type { Migration } from '../migrate.ts'
import { workspace } from './0001-workspace.ts'

/** In order; a released one is never edited. To add one: the next number, a file here, a line here, a test. */
export const migrations: readonly Migration[] = [workspace]
