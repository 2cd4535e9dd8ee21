/** The address of a question within the page: the page's script opens it. */
export function questionAddress(id: string): string {
  return `#?${new URLSearchParams({ question: id.toWellFormed() }).toString()}`;
}
