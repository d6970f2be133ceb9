/** What resources share: reading bodies and parameters, JSON, problem documents, health. */
package dev.tollgate.rest.support;
