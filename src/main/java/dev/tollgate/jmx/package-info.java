/** What operators' consoles see by JMX, as {@code dev.tollgate:type=...}. The beans' types are the JDK's, so that any console reads them. */
package dev.tollgate.jmx;
