/**
 * What the window's main thread does while something happens: its tasks from Chromium's trace, with the processor
 * time of each, which other programs on the machine do not lengthen as they do the time on the wall.
 */
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'

interface Tasks {
  /** Milliseconds of processor time of each task. */
  processor: number[]
  /** Milliseconds on the wall. */
  wall: number[]
}

const eventSchema = z.object({
  name: z.string(),
  pid: z.number(),
  tid: z.number(),
  ph: z.string(),
  dur: z.number().optional(),
  tdur: z.number().optional(),
  args: z.object({ name: z.string().optional() }).loose().optional(),
})
const traceSchema = z.object({ traceEvents: z.array(z.unknown()) })

export async function mainThreadTasks(
  browser: Browser,
  page: Page,
  act: () => Promise<void>,
): Promise<Tasks> {
  await browser.startTracing(page, { categories: ['__metadata', 'disabled-by-default-devtools.timeline'] })
  await act()
  const { traceEvents } = traceSchema.parse(JSON.parse((await browser.stopTracing()).toString('utf8')))
  const events = traceEvents.flatMap((event) => eventSchema.safeParse(event).data ?? [])
  const thread = ({ pid, tid }: { pid: number; tid: number }): string => `${pid} ${tid}`
  const mains = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(thread),
  )
  const tasks = events.filter(
    (event) => event.name === 'RunTask' && event.ph === 'X' && mains.has(thread(event)),
  )
  return {
    processor: tasks.map(({ tdur = 0 }) => tdur / 1000),
    wall: tasks.map(({ dur = 0 }) => dur / 1000),
  }
}
