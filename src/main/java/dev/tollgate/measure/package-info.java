/** Counting and timing for whoever watches: plain numbers that cost a request a few nanoseconds. Pure. */
package dev.tollgate.measure;
