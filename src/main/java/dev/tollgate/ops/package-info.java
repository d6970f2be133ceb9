/** What operators see of a node besides its pages: metrics, JMX beans, spans, and the configuration check. */
package dev.tollgate.ops;
