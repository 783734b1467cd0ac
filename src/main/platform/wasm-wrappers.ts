/**
 * Keeps V8 from a race that ends the whole process. When a function that WebAssembly calls was called 1,000 times, V8
 * compiles its wrapper anew and frees the old one in a cache that all threads share; with threads that start and end
 * meanwhile, the entry may be gone ("Check failed: jit_page.has_value()" or a segmentation fault, nodejs/node#64500).
 * Node itself uses WebAssembly in each thread to load modules. With a budget that is never used up no wrapper is
 * replaced. It must be set before threads start, so a program of main imports this file first.
 */
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--wasm-wrapper-tiering-budget=2147483647')
