/** The walls between packages, as rules, and classes that violate each of them once. */
package dev.tollgate.arch;
