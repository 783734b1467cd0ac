/** The screens in the order of the work. Each entry is shown in the rail and reached by a digit key. */
import {
  Activity,
  ClipboardCheck,
  FlaskConical,
  Images,
  ListPlus,
  ListTree,
  PenTool,
  Settings,
  SlidersHorizontal,
} from '@lucide/vue'
import type { Component } from 'vue'

interface NavigationEntry {
  route: string
  /** Message key. */
  label: string
  icon: Component
  needsWorkspace: boolean
}

export const navigation: readonly NavigationEntry[] = [
  { route: 'datasets', label: 'nav.datasets', icon: Images, needsWorkspace: true },
  { route: 'label', label: 'nav.labeling', icon: PenTool, needsWorkspace: true },
  { route: 'train', label: 'nav.train', icon: FlaskConical, needsWorkspace: true },
  { route: 'review', label: 'nav.review', icon: ClipboardCheck, needsWorkspace: true },
  { route: 'thresholds', label: 'nav.thresholds', icon: SlidersHorizontal, needsWorkspace: true },
  { route: 'curation', label: 'nav.curation', icon: ListPlus, needsWorkspace: true },
  { route: 'live', label: 'nav.live', icon: Activity, needsWorkspace: true },
  { route: 'runs', label: 'nav.runs', icon: ListTree, needsWorkspace: true },
  { route: 'settings', label: 'nav.settings', icon: Settings, needsWorkspace: false },
]
