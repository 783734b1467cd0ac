/** The keys of the label screen. A key of another screen means the same there. */
import { useShortcuts } from '../../data/shortcuts.ts'
import { zoomStep } from '../../stage/view.ts'
import { type Tool, tools } from './draft.ts'

/** All letters have a meaning on some screen already: later tools have function keys. */
export const toolKeys = {
  select: 'v',
  polygon: 'p',
  brush: 'b',
  eraser: 'e',
  rectangle: 'q',
  smart: 'F3',
  hole: 'F4',
  split: 'F6',
} as const
export const mergeKey = 'F7'
export const ignoreKey = 'F8'
const sizeStep = 1.2

export interface LabelActions {
  chooseTool(tool: Tool): void
  /** @param digit of the defect type in the list */
  chooseTypeByKey(digit: string): void
  renameType(): void
  closePolygon(): void
  cancel(): void
  remove(): void
  merge(): void
  drawIgnored(): void
  /** @param adds to what is selected already */
  selectNext(adds: boolean): void
  undo(): void
  redo(): void
  changeSize(factor: number): void
  copyPrevious(): void
  toggleProposal(): void
  markGood(): void
  /** Goes forward in the list by so many images. */
  step(by: number): void
  zoom(factor: number): void
  fit(): void
}

export function useLabelShortcuts(actions: LabelActions): void {
  useShortcuts({
    title: 'labeling.keys.title',
    shortcuts: [
      ...tools.map((name) => ({
        keys: [toolKeys[name]],
        label: `labeling.tools.${name}`,
        run: () => actions.chooseTool(name),
      })),
      {
        keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
        label: 'review.keys.defectType',
        run: actions.chooseTypeByKey,
      },
      { keys: ['F2'], label: 'labeling.keys.renameType', run: actions.renameType },
      { keys: ['Enter'], label: 'labeling.keys.close', run: actions.closePolygon },
      { keys: ['Escape'], label: 'labeling.keys.cancel', run: actions.cancel },
      { keys: ['Delete', 'Backspace'], label: 'labeling.keys.remove', run: actions.remove },
      { keys: [mergeKey], label: 'labeling.merge', run: actions.merge },
      { keys: [ignoreKey], label: 'labeling.keys.ignore', run: actions.drawIgnored },
      { keys: ['F9'], label: 'labeling.keys.nextShape', run: () => actions.selectNext(false) },
      { keys: ['shift+F9'], label: 'labeling.keys.addShape', run: () => actions.selectNext(true) },
      { keys: ['ctrl+z', 'z'], label: 'shortcuts.undo', repeat: true, run: actions.undo },
      { keys: ['ctrl+y', 'ctrl+shift+z', 'y'], label: 'labeling.redo', repeat: true, run: actions.redo },
      {
        keys: ['['],
        label: 'labeling.keys.smaller',
        repeat: true,
        run: () => actions.changeSize(1 / sizeStep),
      },
      { keys: [']'], label: 'labeling.keys.larger', repeat: true, run: () => actions.changeSize(sizeStep) },
      { keys: ['k'], label: 'labeling.copy', run: actions.copyPrevious },
      { keys: ['h'], label: 'review.keys.heat', run: actions.toggleProposal },
      { keys: ['g'], label: 'labeling.good', run: actions.markGood },
      {
        keys: ['ArrowRight', 'ArrowDown', 'PageDown'],
        label: 'shortcuts.next',
        repeat: true,
        run: () => actions.step(1),
      },
      {
        keys: ['ArrowLeft', 'ArrowUp', 'PageUp'],
        label: 'shortcuts.previous',
        repeat: true,
        run: () => actions.step(-1),
      },
      { keys: ['+', '='], label: 'review.keys.zoomIn', repeat: true, run: () => actions.zoom(zoomStep) },
      { keys: ['-'], label: 'review.keys.zoomOut', repeat: true, run: () => actions.zoom(1 / zoomStep) },
      { keys: ['f', '0'], label: 'review.keys.fit', run: actions.fit },
    ],
  })
}
