/** The number of single-character insertions, deletions and substitutions that turn `a` into `b` (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/**
 * The candidates that a person who typed `word` may have meant, nearest first: those within a third of the word's
 * length (at least 2) in edit distance, or of which `word` is a prefix. Letter case is ignored.
 * @param limit how many to give at most
 */
export function nearest(word: string, candidates: readonly string[], limit = 3): string[] {
  const typed = word.toLowerCase();
  const reach = Math.max(2, Math.floor(typed.length / 3));
  return candidates
    .map((candidate) => {
      const known = candidate.toLowerCase();
      const distance = typed.length > 0 && known.startsWith(typed) ? 0 : editDistance(typed, known);
      return { candidate, distance };
    })
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}
