/** MXBeans under {@code dev.tollgate:type=...}. Their types are those of the JDK, so any console can read them. */
package dev.tollgate.ops.jmx;
