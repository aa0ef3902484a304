// Exit statuses of the launcher program.

/** another launcher has the work folder */
export const exitLocked = 3
