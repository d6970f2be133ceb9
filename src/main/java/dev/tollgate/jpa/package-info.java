/** PostgreSQL: entities and reads through JPA, and the settlement's set-based SQL. */
package dev.tollgate.jpa;
