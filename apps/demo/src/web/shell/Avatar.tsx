/** Initials in a circle. The name is beside it, or in its title. */
export function Avatar({ name, label }: { name: string; label?: string }) {
  const initials = name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part[0] ?? '')
    .join('');
  return (
    <span className="avatar" title={label} aria-hidden={label ? undefined : true}>
      {initials}
    </span>
  );
}
