/** Which of the two hosts shows the application: Electron is the product, the browser host for where it cannot run. */

/**
 * @param {{ electron: string | null, platform: string, env: NodeJS.ProcessEnv }} machine electron: the program
 * @returns {{ host: 'electron', program: string } | { host: 'browser', why: string }}
 */
export function chooseHost({ electron, platform, env }) {
  if (env.FANOSCOPE_HOST === 'browser') return { host: 'browser', why: 'FANOSCOPE_HOST=browser asks for it' }
  if (electron === null) return { host: 'browser', why: 'the Electron binary is not here' }
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    return { host: 'browser', why: 'there is no desktop session' }
  }
  return { host: 'electron', program: electron }
}
