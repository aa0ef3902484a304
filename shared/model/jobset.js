export {};
//# sourceMappingURL=jobset.js.map