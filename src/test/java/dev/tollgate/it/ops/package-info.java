/** An operator's tools: scripts of the servers, configuration checks, metrics, JMX, and the commands in documents. */
package dev.tollgate.it.ops;
