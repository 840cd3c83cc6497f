/** A colour token as a canvas can use it: `light-dark()` and the like worked out for this element. */
export function resolveColour(element: HTMLElement, css: string): string {
  const before = element.style.color
  element.style.color = css
  const colour = getComputedStyle(element).color
  element.style.color = before
  return colour
}
