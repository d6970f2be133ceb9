/**
 * The storage of uploads: providers, with the local file system as one of them, file names, and media types.
 *
 * <p>Begin with {@link dev.tollgate.storage.StorageProvider}, then read {@link dev.tollgate.storage.LocalStorage}, which has
 * known limitations.
 */
@NullMarked
package dev.tollgate.storage;

import org.jspecify.annotations.NullMarked;
