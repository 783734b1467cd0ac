/**
 * Holds back what would change something in a workspace that is only looked at. A button or entry of a menu that leads
 * to a change has the attribute `data-changes`: then it is gray, says why, and does nothing.
 */
import { watch } from 'vue'

const held = '[data-changes]'

export interface Holding {
  isHeld(): boolean
  /** Why nothing can be changed, in the language of the window. */
  why(): string
}

const under = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>(held) : null

export function holdChanges(page: Document, { isHeld, why }: Holding): void {
  /** The titles of before. */
  const titles = new Map<HTMLElement, string | null>()

  function hold(element: HTMLElement): void {
    if (!titles.has(element)) titles.set(element, element.getAttribute('title'))
    element.title = why()
    element.setAttribute('aria-disabled', 'true')
  }
  function release(): void {
    for (const [element, title] of titles) {
      element.removeAttribute('aria-disabled')
      if (title === null) element.removeAttribute('title')
      else element.title = title
    }
    titles.clear()
  }
  const holdAll = (): void => {
    for (const element of page.querySelectorAll<HTMLElement>(held)) hold(element)
  }
  const whatComes = new MutationObserver(holdAll)

  function refuse(event: Event): void {
    if (!isHeld() || under(event.target) === null) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  // On the way down, before anybody else hears of it. A button of a form also sends it, with Enter in a field.
  page.addEventListener('click', refuse, true)
  page.addEventListener(
    'submit',
    (event) => {
      const { submitter } = event
      if (isHeld() && under(submitter) !== null) refuse(event)
    },
    true,
  )
  watch(
    () => [isHeld(), why()] as const,
    ([on]) => {
      page.documentElement.toggleAttribute('data-held', on)
      whatComes.disconnect()
      if (!on) {
        release()
        return
      }
      holdAll()
      whatComes.observe(page.body, { childList: true, subtree: true })
    },
    { immediate: true },
  )
}
