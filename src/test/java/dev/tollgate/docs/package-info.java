/** The documents are held to what there is: their commands, links, settings, routes and endpoints. */
package dev.tollgate.docs;
