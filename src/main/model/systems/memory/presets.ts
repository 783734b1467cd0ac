import type { Preset } from '../../preset.ts'

/** All of them remember; there is nothing that more time would make better. */
export const memoryPresets: Preset[] = [
  { name: 'smoke', description: 'Under 20 seconds: does everything run', values: { featureScale: 0.5 } },
  { name: 'quick', description: 'Under 10 minutes on two cores: a model that can be used', values: {} },
  { name: 'full', description: 'A night, or a GPU: the size of the paper', values: {} },
]
