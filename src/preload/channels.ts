/** What Electron's preload and Electron's host must agree on. */

export const callChannel = 'fanoscope:call'
export const eventChannel = 'fanoscope:event'

/** The origin of every window; the scheme answers nothing but what the host serves. */
export const scheme = 'fanoscope'
export const siteBase = `${scheme}://app/`
/** Below the window's own origin, so that a canvas may read what it draws. */
export const assetBase = `${siteBase}asset/`
