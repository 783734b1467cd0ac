/** With fewer good photographs, what good parts may look like is hardly known. The window's form says the same. */
export const fewPhotographs = 40
