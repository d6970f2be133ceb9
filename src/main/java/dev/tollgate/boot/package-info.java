/** Puts the WAR together: which implementation stands behind which port, what starts and stops with the application. */
package dev.tollgate.boot;
