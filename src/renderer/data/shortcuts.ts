/**
 * The keyboard shortcuts that are active now. Key presses are looked up in the same list that `?` shows.
 */
import { defineStore } from 'pinia'
import { onBeforeUnmount, onMounted, shallowRef } from 'vue'

interface Shortcut {
  /** Such as 'a', 'ArrowLeft', 'ctrl+z', '?'. The first is the one that buttons show. */
  keys: readonly string[]
  /** Message key of what it does. */
  label: string
  /** Gets the one of `keys` that was pressed. */
  run: (key: string) => void
  /** Also while the key is held down. */
  repeat?: boolean
}

interface ShortcutGroup {
  /** Message key. */
  title: string
  shortcuts: readonly Shortcut[]
}

/** `ctrl+z` and the like for an event; letters are lower-case, so that Caps Lock changes nothing. */
export function keyOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string {
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const modifier = event.ctrlKey || event.metaKey ? 'ctrl+' : event.altKey ? 'alt+' : ''
  // Shift is part of the character for signs ('?'), and matters for names ('shift+Tab').
  const shift = event.shiftKey && (event.key.length > 1 || modifier !== '') ? 'shift+' : ''
  return modifier + shift + name
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)
}

/** Arrow keys and the space bar belong to the control that has the focus. */
function belongsToControl(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false
  const onControl = event.target.closest(
    '[role=slider], [role=radiogroup], [role=tablist], [role=combobox], [role=listbox]',
  )
  if (onControl !== null && /^(Arrow|Home|End|Page)/.test(event.key)) return true
  return event.key === ' ' && event.target.closest('button, a, [role=button], input') !== null
}

export const useShortcutsStore = defineStore('shortcuts', () => {
  const groups = shallowRef<readonly ShortcutGroup[]>([])

  function add(group: ShortcutGroup): () => void {
    groups.value = [...groups.value, group]
    return () => {
      groups.value = groups.value.filter((known) => known !== group)
    }
  }

  function handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || isTyping(event.target) || belongsToControl(event)) return
    // While a dialog is open, keys belong to it.
    if (document.querySelector('[aria-modal=true]:not([hidden])')?.checkVisibility() === true) return
    const key = keyOf(event)
    for (const group of [...groups.value].reverse()) {
      for (const shortcut of group.shortcuts) {
        if (!shortcut.keys.includes(key)) continue
        event.preventDefault()
        if (!event.repeat || shortcut.repeat === true) shortcut.run(key)
        return
      }
    }
  }

  return { groups, add, handle }
})

/** Shortcuts that are active while the component is on screen. */
export function useShortcuts(group: ShortcutGroup): void {
  const store = useShortcutsStore()
  let remove: (() => void) | null = null
  onMounted(() => {
    remove = store.add(group)
  })
  onBeforeUnmount(() => remove?.())
}
