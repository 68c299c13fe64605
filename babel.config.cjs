// Jest only: strips the types so that tests run the TypeScript sources in Node. The njs bundles have their own settings in build.mjs.
module.exports = {
  presets: [
    ['@babel/preset-env', { targets: { node: '20' }, modules: 'commonjs' }],
    '@babel/preset-typescript',
  ],
};
