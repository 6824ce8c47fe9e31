// Nothing here is for the store: it needs no configuration.
export default { esbuild: { jsx: 'automatic' }, oxc: { jsx: { runtime: 'automatic' } }, build: { target: 'es2022' } };
