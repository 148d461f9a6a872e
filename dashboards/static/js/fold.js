// How does a page of problems stay readable in a storm? Single APs of one building become one line.

const CALM = 6;

/** Groups of problems, in the order given by the first of each; few problems stay single. */
export function fold(problems) {
  const groups = new Map();
  for (const problem of problems) {
    const foldable = problems.length > CALM && problem.cause.kind === "ap" && problem.places.length === 1;
    const id = foldable ? `${problem.state}/${problem.places[0].scope}` : problem.id;
    const group = groups.get(id) || { id, state: problem.state, place: problem.places[0], since: problem.since, problems: [] };
    group.problems.push(problem);
    if (problem.since < group.since) group.since = problem.since;
    groups.set(id, group);
  }
  const weight = (group) => group.problems.reduce((sum, one) => sum + one.affected.reduce((n, { count }) => n + count, 0), 0);
  return [...groups.values()].sort((a, b) => (b.state === "bad") - (a.state === "bad") || weight(b) - weight(a));
}
