/** The configuration check, {@code java -jar tollgate.war}: what would be wrong at deployment, before there is one. */
package dev.tollgate.check;
