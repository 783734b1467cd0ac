import { temporaryFolder } from '../../store/temporary-folder.ts'
import { description, writeNetwork } from './small-network.ts'

/** A network as a person brings it, until the test ends. */
export const brought = (
  model: Uint8Array,
  said: unknown = description,
): { folder: string; description: string } => writeNetwork(temporaryFolder(), model, said)
