/** The systems that the engine can train and score with, one line each. */
import { Failure } from '../../../shared/failure.ts'
import { anogan } from './anogan/system.ts'
import { dcgan } from './dcgan/system.ts'
import { fanogan } from './fanogan/system.ts'
import { ganomaly } from './ganomaly/system.ts'
import { memory } from './memory/system.ts'
import type { System } from './system.ts'
import { wgan } from './wgan/system.ts'
import { wganGp } from './wgan-gp/system.ts'

const systems: Record<string, System> = { fanogan, ganomaly, anogan, 'wgan-gp': wganGp, wgan, dcgan, memory }

export function systemNamed(name: string): System {
  const system = systems[name]
  if (system) return system
  const known = Object.keys(systems)
  throw new Failure('unknown-model', { system: name, known })
}
