/** Lists too long for one answer, as plain values: which page is asked for, and the page. */
package dev.tollgate.page;
