/** Where uploads go: providers, the local file system as one, file names and media types as they are kept. */
package dev.tollgate.storage;
