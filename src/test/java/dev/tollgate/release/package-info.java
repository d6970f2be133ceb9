/**
 * What the profile {@code release} adds to the build: the folder that becomes the zip, with bills of materials, licenses and sums.
 *
 * <p>It begins with {@link dev.tollgate.release.ReleaseFolder}. Everything here writes the same bytes for the same commit: no
 * clock, no random number, nothing of the machine.
 */
package dev.tollgate.release;
