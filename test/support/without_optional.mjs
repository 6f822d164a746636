import { registerHooks } from 'node:module';

/**
 * Preloaded (`node --import`), it makes a process see a tree from which the optional packages were removed.
 * `epoll` is what `onoff` is built on.
 */
const REMOVED = /^(node-hid|onoff|epoll)(\/|$)/;

registerHooks({
  resolve(specifier, context, next) {
    if (!REMOVED.test(specifier)) return next(specifier, context);
    throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' });
  },
});
