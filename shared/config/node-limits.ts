// What a node may say of itself at most: the bounds of flags and of agent.yaml.
export const mostCores = 65_536
/** as many as the head looks at */
export const mostSlots = 1024
export const mostGpus = 64
