/** Files that say which class a value or color in masks is: of CVAT, of labelme, of MVTec LOCO AD and AutoVI. */
const listed = /(?:^|\/)(?:labelmap\.txt|class_names\.txt|classes\.txt|labels\.txt|defects_config\.json)$/i

/** Whether a file can be a list of classes. */
export const isClassList = (file: string): boolean => listed.test(file)
