/* oxlint-disable import/no-default-export, oxc/no-this-in-exported-function -- what webpack calls */

/** A webpack loader that changes the source of a module before it is compiled. */
export default function mutate(source) {
  const { find, replace } = this.getOptions();
  return source.replace(find, () => replace);
}
