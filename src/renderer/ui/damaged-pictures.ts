/** A photograph whose file was damaged since its import is shown as such, wherever its thumbnail is. */
import { watch } from 'vue'
import damaged from '../assets/damaged.svg?url'
import { i18n } from '../i18n/index.ts'

const isThumbnail = (address: string): boolean => address.includes('/asset/thumbnail/')

/** Errors and loads of pictures do not bubble, so they are heard on their way down. */
export function showDamagedPictures(page: Document): void {
  /** Of each picture that stands for a damaged one: its text before, and the text that it was given. */
  const told = new WeakMap<HTMLImageElement, { before: string; given: string }>()
  const whenPicture =
    (then: (picture: HTMLImageElement) => void) =>
    ({ target }: Event): void => {
      if (target instanceof HTMLImageElement && isThumbnail(target.src)) then(target)
    }

  function tell(picture: HTMLImageElement): void {
    const known = told.get(picture)
    const given = i18n.global.t('picture.damaged')
    told.set(picture, { before: picture.alt === known?.given ? known.before : picture.alt, given })
    picture.title = given
    picture.alt = given
  }

  page.addEventListener(
    'error',
    whenPicture((picture) => {
      picture.src = damaged
      tell(picture)
    }),
    true,
  )
  // The same element shows another photograph when its list moves on, perhaps with another text already.
  page.addEventListener(
    'load',
    whenPicture((picture) => {
      const known = told.get(picture)
      if (known === undefined) return
      told.delete(picture)
      picture.removeAttribute('title')
      if (picture.alt === known.given) picture.alt = known.before
    }),
    true,
  )
  watch(i18n.global.locale, () => {
    for (const picture of page.images) if (told.has(picture)) tell(picture)
  })
}
