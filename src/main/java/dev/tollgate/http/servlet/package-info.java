/**
 * Servlets and filters that do not decide about requests: headers, problem documents, request bodies that are left,
 * large answers.
 */
@NullMarked
package dev.tollgate.http.servlet;

import org.jspecify.annotations.NullMarked;
