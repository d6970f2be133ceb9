/** Accounts and their API keys, as plain values, and the directory that knows them. */
package dev.tollgate.account;
