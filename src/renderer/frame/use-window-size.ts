/** The size of an app window of the browser host, remembered for the next one; Electron remembers its own. */
import { useEventListener, useTimeoutFn } from '@vueuse/core'
import { call } from '../bridge.ts'
import { useAppStore } from '../data/app.ts'

/** The setting that `src/main/shell/browser.ts` opens its window by. */
const key = 'ui.app-window-size'
/** After the last change, in milliseconds. */
const pause = 500

export function useWindowSize(): void {
  const app = useAppStore()
  async function remember(): Promise<void> {
    const value = { width: window.outerWidth, height: window.outerHeight }
    // The size of a tab is the browser's own affair, and a window that is minimized has none.
    if (!matchMedia('(display-mode: standalone), (display-mode: minimal-ui)').matches || value.width === 0)
      return
    await call('setting.set', { key, value }).catch(() => undefined)
  }

  const { start } = useTimeoutFn(remember, pause, { immediate: false })
  useEventListener('resize', () => {
    if (app.host === 'browser') start()
  })
}
