/**
 * Writes {@code openapi.json}, while building, from the resources, their records and their Javadoc, and from
 * {@code src/main/openapi} what those cannot say. In the test tree, so that nothing of it can get into the WAR.
 */
package dev.tollgate.contract;
