/** The configuration check, {@code java -jar tollgate.war}: it reports before deployment what would stop one. */
package dev.tollgate.ops.configcheck;
