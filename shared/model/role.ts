// Who may do what (security.md). A user sees everything but changes only what is theirs.

export const roles = ['admin', 'user', 'observer', 'node'] as const
export type Role = (typeof roles)[number]
