/** What happened and who should be able to look it up: audit events and the trail they go to. */
package dev.tollgate.audit;
