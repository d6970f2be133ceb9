/** Settings: what an operator may say, where it is read from, and one clear line when it is wrong. */
package dev.tollgate.config;
