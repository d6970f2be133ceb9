/** PostgreSQL. The rooms below hold what is read and written there; {@code support} has what they share. */
package dev.tollgate.postgres;
