/**
 * Flags with which Node runs the worker. Records live for seconds and become garbage in bulk; by default V8 lets
 * several hundred megabytes of garbage grow before it collects. Resident memory above the idle worker, while 19,375
 * records of 4 kB were copied on two lanes (`npm run bench -- heavy`): 333 MiB without, 120 MiB with these flags.
 * `docs/performance.md` has the figures of other flags.
 */
export const WORKER_NODE_FLAGS = [
  '--max-semi-space-size=16', // MiB, three of them; if it is smaller, more objects are copied that soon become garbage
  '--heap-growing-percent=50', // between two full collections; the default grows up to several times the heap
] as const;

/**
 * Defaults of the worker's environment. glibc keeps freed memory in a separate arena for each of a dozen threads; with
 * two arenas an idle worker takes 16 MiB less, and 20 MiB less after 20,000 records (`VmRSS`, two runs each).
 */
export const WORKER_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' } as const;
