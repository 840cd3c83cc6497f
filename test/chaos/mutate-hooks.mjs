/** Changes the source of a module while it is loaded. A line that is not there ends the process: a
 *  mutant that is none must not look like one that survived. */
const mutations = JSON.parse(process.env.MUTATION)

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context)
  const wanted = mutations.filter(({ module }) => url.endsWith(`/dist/${module}`))
  if (wanted.length === 0) return loaded
  let source = String(loaded.source)
  for (const { module, from, to } of wanted) {
    if (source.split(from).length !== 2) throw new Error(`${module} does not say once: ${from}`)
    source = source.replace(from, () => to)
  }
  return { ...loaded, source }
}
