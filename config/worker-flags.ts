/**
 * How Node is to run the worker. What it copies lives for seconds and dies in bulk; left alone, V8 lets that
 * pile up to several hundred megabytes before it looks. Resident memory above the idle worker, while 19,375
 * records of 4 kB were copied on two lanes (`npm run bench -- heavy`): 333 MiB without, 120 MiB with these. What
 * others cost and save is in `docs/performance.md`.
 */
export const WORKER_NODE_FLAGS = [
  '--max-semi-space-size=16', // MiB, three of them; with fewer more is copied that is about to die
  '--heap-growing-percent=50', // between two full collections; default: up to several times
] as const;

/**
 * What the worker's environment has unless it is set. glibc keeps freed memory apart for each of a dozen threads;
 * with two such places a worker is 16 MiB smaller when idle, 20 MiB after 20,000 records (`VmRSS`, two runs each).
 */
export const WORKER_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' } as const;
