/** Another one each time; `MODEL_SEED` repeats one that was printed. */
export function modelSeed(): number {
  return Number(process.env.MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31));
}
