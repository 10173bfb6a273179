/** The `className` of a component: a string, or a function of its state. */
export type ClassName<State> = string | ((state: State) => string | undefined) | undefined;

/** The component's own class, and after it the application's. */
export function joinClassName<State>(own: string, given: ClassName<State>, state: State): string {
  const added = typeof given === 'function' ? given(state) : given;
  return added ? `${own} ${added}` : own;
}
