/** A photograph whose file was damaged since its import is shown as such, wherever its thumbnail is. */
import { watch } from 'vue'
import damaged from '../assets/damaged.svg?url'
import { i18n } from '../i18n/index.ts'

const isThumbnail = (address: string): boolean => address.includes('/asset/thumbnail/')

/** Errors of pictures do not bubble, so they are heard on their way down. */
export function showDamagedPictures(page: Document): void {
  const told = new Set<HTMLImageElement>()
  const name = (): string => i18n.global.t('picture.damaged')
  page.addEventListener(
    'error',
    ({ target }) => {
      if (!(target instanceof HTMLImageElement) || !isThumbnail(target.src)) return
      target.src = damaged
      target.title = name()
      target.alt = name()
      told.add(target)
      target.addEventListener('load', () => forget(target))
    },
    true,
  )
  // The same element shows another photograph when its list moves on.
  function forget(picture: HTMLImageElement): void {
    if (!isThumbnail(picture.src)) return
    picture.removeAttribute('title')
    picture.alt = ''
    told.delete(picture)
  }
  watch(i18n.global.locale, () => {
    for (const picture of told) {
      if (picture.isConnected) picture.title = picture.alt = name()
      else told.delete(picture)
    }
  })
}
