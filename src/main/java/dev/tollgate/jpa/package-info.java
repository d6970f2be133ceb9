/** PostgreSQL: entities, what is read and edited through JPA, and the settlement's set-based SQL. */
package dev.tollgate.jpa;
