// What a job asks of a node and what a node has. `cores: 'all'` is the whole node (the default, as the
// original promised); everything else packs.
export const wholeNode = { cores: 'all', memory: null, gpus: 0, disk: null };
//# sourceMappingURL=resources.js.map